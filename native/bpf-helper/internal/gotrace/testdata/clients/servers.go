// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/IBM/sarama"
	"github.com/segmentio/kafka-go"
)

// serveRedis knows enough of RESP: every command succeeds, but `wrong`, and `missing` is no key.
func serveRedis(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go answer(c)
	}
}

func answer(c net.Conn) {
	in, queued := bufio.NewReader(c), -1
	for {
		var count int
		if _, err := fmt.Fscanf(in, "*%d\r\n", &count); err != nil {
			return
		}
		words := make([]string, count)
		for i := range words {
			var size int
			if _, err := fmt.Fscanf(in, "$%d\r\n", &size); err != nil {
				return
			}
			word := make([]byte, size+2)
			if _, err := io.ReadFull(in, word); err != nil {
				return
			}
			words[i] = strings.ToLower(string(word[:size]))
		}
		switch {
		case words[0] == "multi":
			queued = 0
			fmt.Fprint(c, "+OK\r\n")
		case words[0] == "exec":
			fmt.Fprintf(c, "*%d\r\n%s", queued, strings.Repeat(":1\r\n", queued))
			queued = -1
		case queued >= 0:
			queued++
			fmt.Fprint(c, "+QUEUED\r\n")
		case words[0] == "get":
			fmt.Fprint(c, "$-1\r\n")
		case words[0] == "wrong" || words[0] == "hello":
			fmt.Fprint(c, "-ERR unknown command\r\n")
		default:
			fmt.Fprint(c, "+OK\r\n")
		}
	}
}

type reporter struct{}

func (reporter) Error(args ...any)                 { fmt.Fprintln(os.Stderr, args...) }
func (reporter) Errorf(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
func (reporter) Fatal(args ...any)                 { panic(fmt.Sprint(args...)) }
func (reporter) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (reporter) Helper()                           {}

const sentBy = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

// playBroker is sarama's own, with one message in the topic `orders`.
func playBroker() string {
	broker := sarama.NewMockBroker(reporter{}, 1)
	fetched := &sarama.FetchResponse{Version: 10}
	fetched.AddRecord("orders", 0, nil, sarama.StringEncoder("x"), 0)
	batch := fetched.Blocks["orders"][0].RecordsSet[0].RecordBatch
	batch.Records[0].Headers = []*sarama.RecordHeader{
		{Key: []byte("other"), Value: []byte("y")}, {Key: []byte("traceparent"), Value: []byte(sentBy)},
	}
	fetched.Blocks["orders"][0].HighWaterMarkOffset = 1
	versions := sarama.NewMockApiVersionsResponse(reporter{})
	var keys []sarama.ApiVersionsResponseKey
	// Produce, Fetch, ListOffsets, Metadata, ApiVersions.
	for key, newest := range map[int16]int16{0: 3, 1: 10, 2: 1, 3: 6, 18: 3} {
		keys = append(keys, sarama.ApiVersionsResponseKey{ApiKey: key, MaxVersion: newest})
	}
	versions.SetApiKeys(keys)
	broker.SetHandlerByMap(map[string]sarama.MockResponse{
		"ApiVersionsRequest": versions,
		"MetadataRequest": sarama.NewMockMetadataResponse(reporter{}).
			SetBroker(broker.Addr(), broker.BrokerID()).SetLeader("orders", 0, broker.BrokerID()),
		"ProduceRequest": sarama.NewMockProduceResponse(reporter{}),
		"OffsetRequest": sarama.NewMockOffsetResponse(reporter{}).
			SetOffset("orders", 0, sarama.OffsetOldest, 0).SetOffset("orders", 0, sarama.OffsetNewest, 1),
		"FetchRequest": sarama.NewMockWrapper(fetched),
	})
	return broker.Addr()
}

func consumeSarama(broker string) error {
	consumer, err := sarama.NewConsumer([]string{broker}, sarama.NewConfig())
	if err != nil {
		return err
	}
	defer consumer.Close()
	partition, err := consumer.ConsumePartition("orders", 0, 0)
	if err != nil {
		return err
	}
	defer partition.Close()
	<-partition.Messages()
	return nil
}

// consumeKafka takes a message and asks for another one that does not come.
func consumeKafka(broker, then string) error {
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{broker}, Topic: "orders"})
	defer reader.Close()
	done := make(chan error)
	go func() {
		_, err := reader.ReadMessage(context.Background())
		if err == nil {
			var response *http.Response
			if response, err = http.Get(then); err == nil {
				response.Body.Close()
			}
		}
		gone, cancel := context.WithCancel(context.Background())
		cancel()
		_, _ = reader.FetchMessage(gone)
		done <- err
	}()
	return <-done
}
