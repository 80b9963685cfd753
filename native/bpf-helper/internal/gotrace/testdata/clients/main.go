// SPDX-License-Identifier: Apache-2.0

// clients calls servers: redis and kafka are played here, mongo is not there, and a PostgreSQL is the
// one of DATABASE_URL, or missing as well.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/IBM/sarama"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"github.com/segmentio/kafka-go"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
)

func listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return l
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func pipeline(ctx context.Context, p redis.Pipeliner, more bool) error {
	p.Set(ctx, "a", 1, 0)
	p.Set(ctx, "b", 2, 0)
	if more {
		p.Incr(ctx, "a")
	}
	_, err := p.Exec(ctx)
	return err
}

func query(ctx context.Context, text string) error {
	connection, err := pgx.Connect(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	defer connection.Close(ctx)
	if text == "exec" {
		_, err = connection.Exec(ctx, "CREATE TEMPORARY TABLE items (a int)")
		return err
	}
	var one int
	return connection.QueryRow(ctx, text).Scan(&one)
}

func main() {
	store := listen()
	go serveRedis(store)
	rdb := redis.NewClient(&redis.Options{Addr: store.Addr().String(), Protocol: 2, DisableIdentity: true})
	broker := playBroker()
	writer := &kafka.Writer{Addr: kafka.TCP("127.0.0.1:1"), Topic: "orders", MaxAttempts: 1}
	settings := sarama.NewConfig()
	settings.Producer.Return.Successes = true
	producer := must(sarama.NewSyncProducer([]string{broker}, settings))
	settings = sarama.NewConfig()
	settings.Producer.Return.Successes, settings.Producer.Flush.Frequency = true, time.Millisecond
	later := must(sarama.NewAsyncProducer([]string{broker}, settings))
	documents := must(mongo.Connect(context.Background(), options.Client().ApplyURI("mongodb://127.0.0.1:1").
		SetServerSelectionTimeout(100*time.Millisecond)))
	front := listen()
	fmt.Println(front.Addr())
	panic(http.Serve(front, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		var err error
		switch r.URL.Path {
		case "/redis":
			err = rdb.Set(ctx, "k", "v", 0).Err()
		case "/redis/missing":
			err = rdb.Get(ctx, "missing").Err()
		case "/redis/wrong":
			err = rdb.Do(ctx, "wrong").Err()
		case "/redis/pipeline":
			err = pipeline(ctx, rdb.Pipeline(), false)
		case "/redis/multi":
			err = pipeline(ctx, rdb.TxPipeline(), true)
		case "/kafka":
			short, end := context.WithTimeout(ctx, 500*time.Millisecond)
			err = writer.WriteMessages(short, kafka.Message{Value: []byte("x")})
			end()
		case "/sarama":
			_, _, err = producer.SendMessage(&sarama.ProducerMessage{Topic: "orders", Value: sarama.StringEncoder("x")})
		case "/sarama/batch":
			one := sarama.ProducerMessage{Topic: "orders", Value: sarama.StringEncoder("x")}
			two := one
			err = producer.SendMessages([]*sarama.ProducerMessage{&one, &two})
		case "/sarama/later":
			later.Input() <- &sarama.ProducerMessage{Topic: "orders", Value: sarama.StringEncoder("x")}
			<-later.Successes()
		case "/consume/sarama":
			err = consumeSarama(broker)
		case "/consume/kafka":
			err = consumeKafka(broker, "http://"+front.Addr().String()+"/seen")
		case "/mongo":
			err = documents.Database("shop").Collection("items").FindOne(ctx, bson.M{"a": 1}).Err()
		case "/pgx":
			err = query(ctx, "SELECT 1 FROM pg_class LIMIT 1")
		case "/pgx/exec":
			err = query(ctx, "exec")
		case "/pgx/wrong":
			err = query(ctx, "SELECT a FROM missing")
		}
		fmt.Fprintln(w, err)
	})))
}
