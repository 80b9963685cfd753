// SPDX-License-Identifier: Apache-2.0

// clients calls servers that are not there; what is there for redis answers so that no connection is made.
package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/segmentio/kafka-go"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
)

func serveRedis(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			for lines := bufio.NewScanner(c); lines.Scan(); {
				if line := lines.Text(); line[0] == '*' {
					fmt.Fprint(c, "+OK\r\n")
				}
			}
		}()
	}
}

func listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return l
}

func main() {
	store := listen()
	go serveRedis(store)
	rdb := redis.NewClient(&redis.Options{Addr: store.Addr().String(), Protocol: 2, DisableIdentity: true})
	writer := &kafka.Writer{Addr: kafka.TCP("127.0.0.1:1"), Topic: "orders", MaxAttempts: 1}
	documents, err := mongo.Connect(context.Background(), options.Client().ApplyURI("mongodb://127.0.0.1:1").
		SetServerSelectionTimeout(100*time.Millisecond))
	if err != nil {
		panic(err)
	}
	front := listen()
	fmt.Println(front.Addr())
	panic(http.Serve(front, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 500*time.Millisecond)
		defer cancel()
		switch r.URL.Path {
		case "/redis":
			err = rdb.Set(ctx, "k", "v", 0).Err()
		case "/kafka":
			err = writer.WriteMessages(ctx, kafka.Message{Value: []byte("x")})
		case "/mongo":
			err = documents.Database("shop").Collection("items").FindOne(ctx, bson.M{"a": 1}).Err()
		}
		fmt.Fprintln(w, err)
	})))
}
