// SPDX-License-Identifier: Apache-2.0

package gotrace

import "slices"

const (
	kafka = "github.com/segmentio/kafka-go"
	// As in bpf/go/layouts.h, and calls.h's variant of call_end.
	kindSQL, kindKafkaProducer, kindRedis, kindMongoDB = 5, 6, 8, 9
	errorBehindInterface                               = 1 << 4
	errorBehindNumbers                                 = 1 << 4
	errorBehindSlice                                   = 2 << 4
	// As in bpf/go/calls.h and kafka.h.
	detailPipeline, detailMulti   = 1, 2
	sentOnes, notSent, notSentOne = 0, 1, 2
)

// Names that libraries have had; a program has one of each, or those whose layouts agree.
var (
	pgxModules    = []string{"github.com/jackc/pgx/v5", "github.com/jackc/pgx/v4"}
	redisModules  = []string{"github.com/redis/go-redis/v9", "github.com/go-redis/redis/v8"}
	saramaModules = []string{"github.com/IBM/sarama", "github.com/Shopify/sarama"}
	mongoModules  = []string{"go.mongodb.org/mongo-driver", "go.mongodb.org/mongo-driver/v2"}
)

// whole is a function that is a span from its entry to its RETs.
func whole(name, program string, detail, ending uint8) []Function {
	return []Function{
		begin(name, program).with(detail).optional(),
		end(name, "call_end", atReturns).with(ending).optional(),
	}
}

// calls are clients with protocols of their own, without database/sql.
func calls() []Library {
	out := kafkaGo()
	for _, module := range pgxModules {
		out = append(out, pgx(module))
	}
	for _, module := range redisModules {
		out = append(out, goRedis(module))
	}
	for _, module := range saramaModules {
		out = append(out, sarama(module)...)
	}
	for _, module := range mongoModules {
		driver := module + "/x/mongo/driver.Operation."
		out = append(out, Library{
			Name: module, Module: module,
			Functions: whole(driver+"Execute", "mongo_begin", 0, kindMongoDB),
			Fields:    need(driver+"Name", driver+"Database"),
		})
	}
	return out
}

// pgx's version 4 has its connection's settings in a module of their own.
func pgx(module string) Library {
	// What Exec returns before its error, a CommandTag, is a string, and was a slice.
	config, name, execError := module+"/pgconn.Config.", "pgx", uint8(errorBehindInterface)
	if module != pgxModules[0] {
		config, name, execError = "github.com/jackc/pgconn.Config.", "pgx/v4", errorBehindSlice
	}
	return Library{
		Name: name, Module: module,
		Functions: append(
			whole(module+".(*Conn).Query", "pgx_begin", detailQuery, kindSQL|errorBehindInterface),
			whole(module+".(*Conn).Exec", "pgx_begin", detailExec, kindSQL|execError)...),
		Fields: may(module+".Conn.config", config+"Host", config+"Port", config+"Database"),
	}
}

func goRedis(module string) Library {
	client, name := module+".(*baseClient).", "go-redis"
	batches := slices.Concat(
		whole(client+"processPipeline", "redis_batch_begin", detailPipeline, kindRedis),
		whole(client+"processTxPipeline", "redis_batch_begin", detailMulti, kindRedis))
	if module != redisModules[0] {
		// There both are so small that they are inlined.
		name, batches = "go-redis/v8", whole(client+"generalProcessPipeline", "redis_batch_begin", 0, kindRedis)
	}
	return Library{
		Name: name, Module: module,
		Functions: slices.Concat(
			whole(client+"process", "redis_begin", 0, kindRedis),
			whole(client+"processStartingAt", "redis_begin", 0, kindRedis),
			batches),
		Fields: join(need(module+".baseCmd.args"), may(module+".baseClient.opt", module+".Options.Addr")),
	}
}

func kafkaGo() []Library {
	fetch := kafka + ".(*Reader).FetchMessage"
	return []Library{
		{
			Name: "kafka-go producer", Module: kafka,
			Functions: whole(kafka+".(*Writer).WriteMessages", "kafka_write_begin", 0, kindKafkaProducer),
			Fields:    need(kafka+".Writer.Topic", kafka+".Message.Topic"),
		},
		{
			// A message is worked on from the return of one call to the beginning of the next.
			Name: "kafka-go consumer", Module: kafka,
			Functions: []Function{
				begin(fetch, "kafka_read_begin"), end(fetch, "kafka_read_end", atReturns),
			},
			Fields: join(need(kafka+".Message.Topic", kafka+".Message.Headers"),
				may(kafka+".Message.Partition", kafka+".Message.Offset")),
		},
	}
}

func sarama(module string) []Library {
	sync, async, name := module+".(*syncProducer).", module+".(*asyncProducer).", "sarama"
	if module != saramaModules[0] {
		name = "Shopify/sarama"
	}
	parse := module + ".(*partitionConsumer).parseResponse"
	done := func(function string, variant uint8) Function {
		return end(async+function, "sarama_async_end", atEntry).with(variant)
	}
	sent, taken := module+".ProducerMessage.", module+".ConsumerMessage."
	return []Library{
		{
			Name: name + " producer", Module: module,
			Functions: append(
				whole(sync+"SendMessage", "sarama_send_begin", 0, kindKafkaProducer|errorBehindNumbers),
				whole(sync+"SendMessages", "sarama_send_begin", 1, kindKafkaProducer)...),
			Fields: need(sent + "Topic"),
		},
		{
			Name: name + " asynchronous producer", Module: module,
			Functions: []Function{
				begin(module+".(*topicProducer).partitionMessage", "sarama_async_begin"),
				done("returnSuccesses", sentOnes),
				done("returnErrors", notSent).optional(), done("returnError", notSentOne).optional(),
			},
			Fields: need(sent+"Topic", sent+"Headers", sent+"expectation"),
		},
		{
			Name: name + " consumer", Module: module,
			Functions: []Function{
				begin(parse, "sarama_receive_begin"), end(parse, "sarama_receive_end", atReturns),
			},
			Fields: join(need(taken+"Topic", taken+"Headers"), may(taken+"Partition")),
		},
	}
}
