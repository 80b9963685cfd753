// SPDX-License-Identifier: Apache-2.0

package gotrace

const (
	pgx   = "github.com/jackc/pgx/v5"
	redis = "github.com/redis/go-redis/v9"
	kafka = "github.com/segmentio/kafka-go"
	// As in bpf/go/layouts.h, and calls.h's variant of call_end.
	kindSQL, kindKafkaProducer, kindRedis, kindMongoDB = 5, 6, 8, 9
	errorBehindInterface                               = 1 << 4
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
	out := []Library{
		{
			Name: "pgx", Module: pgx,
			Functions: append(
				whole(pgx+".(*Conn).Query", "pgx_begin", detailQuery, kindSQL|errorBehindInterface),
				whole(pgx+".(*Conn).Exec", "pgx_begin", detailExec, kindSQL|errorBehindInterface)...),
			Fields: may(pgx+".Conn.config", pgx+"/pgconn.Config.Host", pgx+"/pgconn.Config.Port",
				pgx+"/pgconn.Config.Database"),
		},
		{
			Name: "go-redis", Module: redis,
			Functions: append(
				whole(redis+".(*baseClient).process", "redis_begin", 0, kindRedis),
				whole(redis+".(*baseClient).processStartingAt", "redis_begin", 0, kindRedis)...),
			Fields: join(need(redis+".baseCmd.args"), may(redis+".baseClient.opt", redis+".Options.Addr")),
		},
		{
			Name: "kafka-go producer", Module: kafka,
			Functions: whole(kafka+".(*Writer).WriteMessages", "kafka_write_begin", 0, kindKafkaProducer),
			Fields:    need(kafka+".Writer.Topic", kafka+".Message.Topic"),
		},
	}
	for _, module := range []string{"go.mongodb.org/mongo-driver", "go.mongodb.org/mongo-driver/v2"} {
		driver := module + "/x/mongo/driver.Operation."
		out = append(out, Library{
			Name: module, Module: module,
			Functions: whole(driver+"Execute", "mongo_begin", 0, kindMongoDB),
			Fields:    need(driver+"Name", driver+"Database"),
		})
	}
	return out
}
