// SPDX-License-Identifier: Apache-2.0

// sarama against its own mock broker, kafka-go over a transport of our own: what is sent carries
// the context of its span, what is received continues the sender's trace.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/IBM/sarama"
	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/metadata"
	"github.com/segmentio/kafka-go/protocol/produce"
	"otelkit.example/programs/internal/call"
)

const sender = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

// reporter is sarama's TestReporter.
type reporter struct{}

func (reporter) Helper()                   {}
func (reporter) Error(a ...any)            { call.Must(errors.New(fmt.Sprint(a...))) }
func (reporter) Errorf(f string, a ...any) { call.Must(fmt.Errorf(f, a...)) }
func (reporter) Fatal(a ...any)            { call.Must(errors.New(fmt.Sprint(a...))) }
func (reporter) Fatalf(f string, a ...any) { call.Must(fmt.Errorf(f, a...)) }
func (reporter) Log(...any)                {}
func (reporter) Logf(string, ...any)       {}
func (reporter) Cleanup(func())            {}

func main() {
	broker := sarama.NewMockBroker(reporter{}, 1)
	broker.SetHandlerByMap(handlers(broker, 8))
	config := sarama.NewConfig()
	config.Version = sarama.V2_0_0_0
	config.ApiVersionsRequest = false
	config.Producer.Return.Successes = true
	send(broker.Addr(), config)
	receive(broker.Addr(), config)
	writeMessages()
	broker.SetHandlerByMap(handlers(broker, 10))
	read(broker.Addr())
	os.Exit(0)
}

// handlers answer what both clients ask; fetches in one version.
func handlers(broker *sarama.MockBroker, fetch int16) map[string]sarama.MockResponse {
	return map[string]sarama.MockResponse{
		"ApiVersionsRequest": sarama.NewMockApiVersionsResponse(reporter{}).SetApiKeys([]sarama.ApiVersionsResponseKey{
			{ApiKey: 1, MaxVersion: fetch}, {ApiKey: 2, MaxVersion: 1}, {ApiKey: 3, MaxVersion: 1}, {ApiKey: 18, MaxVersion: 0},
		}),
		"MetadataRequest": sarama.NewMockMetadataResponse(reporter{}).SetBroker(broker.Addr(), 1).
			SetLeader("orders", 0, 1).SetController(1),
		"ProduceRequest": sarama.NewMockProduceResponse(reporter{}),
		"OffsetRequest": sarama.NewMockOffsetResponse(reporter{}).
			SetOffset("orders", 0, sarama.OffsetOldest, 0).SetOffset("orders", 0, sarama.OffsetNewest, 1),
		"FetchRequest": sarama.NewMockWrapper(fetched(fetch)),
	}
}

func fetched(version int16) *sarama.FetchResponse {
	r := &sarama.FetchResponse{Version: version}
	r.AddRecord("orders", 0, nil, sarama.StringEncoder("x"), 0)
	r.SetLastOffsetDelta("orders", 0, 0)
	block := r.GetBlock("orders", 0)
	block.HighWaterMarkOffset = 1
	record := block.RecordsSet[0].RecordBatch.Records[0]
	record.Headers = []*sarama.RecordHeader{{Key: []byte("traceparent"), Value: []byte(sender)}}
	return r
}

func send(address string, config *sarama.Config) {
	producer, err := sarama.NewSyncProducer([]string{address}, config)
	call.Must(err)
	message := &sarama.ProducerMessage{Topic: "orders", Value: sarama.StringEncoder("x")}
	_, _, err = producer.SendMessage(message)
	call.Must(err)
	several := []*sarama.ProducerMessage{
		{Topic: "orders", Value: sarama.StringEncoder("1")}, {Topic: "orders", Value: sarama.StringEncoder("2")},
	}
	call.Must(producer.SendMessages(several))
	async, err := sarama.NewAsyncProducer([]string{address}, config)
	call.Must(err)
	asynchronous := &sarama.ProducerMessage{Topic: "orders", Value: sarama.StringEncoder("async")}
	for range 2 { // the same message again: another span, one header
		async.Input() <- asynchronous
		<-async.Successes()
	}
	refused := &sarama.ProducerMessage{Topic: "orders", Value: sarama.StringEncoder(strings.Repeat("x", 2<<20))}
	async.Input() <- refused
	if e := <-async.Errors(); e.Msg != refused {
		call.Must(e)
	}
	for _, m := range append(several, message, asynchronous) {
		if len(m.Headers) != 1 || string(m.Headers[0].Key) != "traceparent" {
			call.Must(fmt.Errorf("headers %v", m.Headers))
		}
	}
}

func receive(address string, config *sarama.Config) {
	consumer, err := sarama.NewConsumer([]string{address}, config)
	call.Must(err)
	partition, err := consumer.ConsumePartition("orders", 0, 0)
	call.Must(err)
	<-partition.Messages()
	downstream := call.Serve(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	call.Get(context.Background(), downstream+"/after")
}

// read takes what the broker has by a kafka-go reader, which asks for its versions first.
func read(address string) {
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{address}, Topic: "orders", Partition: 0, MaxWait: time.Second})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	m, err := reader.ReadMessage(ctx)
	call.Must(err)
	if string(m.Value) != "x" {
		call.Must(fmt.Errorf("value %q", m.Value))
	}
	downstream := call.Serve(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	call.Get(context.Background(), downstream+"/read")
}

// cluster answers in place of brokers.
type cluster struct{}

func (cluster) RoundTrip(_ context.Context, _ net.Addr, request kafka.Request) (kafka.Response, error) {
	switch request := request.(type) {
	case *metadata.Request:
		return &metadata.Response{Topics: []metadata.ResponseTopic{{
			Name: "invoices", Partitions: []metadata.ResponsePartition{{PartitionIndex: 0, LeaderID: 1}},
		}}, Brokers: []metadata.ResponseBroker{{NodeID: 1, Host: "localhost", Port: 9092}}}, nil
	case *produce.Request:
		found := false
		records := request.Topics[0].Partitions[0].RecordSet.Records
		for {
			record, err := records.ReadRecord()
			if err != nil {
				break
			}
			for _, h := range record.Headers {
				found = found || h.Key == "traceparent"
			}
		}
		if !found {
			call.Must(errors.New("no traceparent was written"))
		}
		return &produce.Response{Topics: []produce.ResponseTopic{{
			Topic: "invoices", Partitions: []produce.ResponsePartition{{Partition: 0}},
		}}}, nil
	}
	return nil, fmt.Errorf("%T", request)
}

func writeMessages() {
	writer := &kafka.Writer{Addr: kafka.TCP("localhost:9092"), Topic: "invoices", Transport: cluster{}, BatchSize: 2}
	call.Must(writer.WriteMessages(context.Background(), kafka.Message{Value: []byte("1")}, kafka.Message{Value: []byte("2")}))
}
