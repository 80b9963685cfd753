// SPDX-License-Identifier: Apache-2.0

// go-redis 8 and 9 against a real server (REDIS): commands, a miss, an error, pipelines.
package main

import (
	"context"
	"os"

	old "github.com/go-redis/redis/v8"
	"github.com/redis/go-redis/v9"
	"otelkit.example/programs/internal/call"
)

func main() {
	address := call.Environment("REDIS")
	nine(address)
	eight(address)
	os.Exit(0)
}

func nine(address string) {
	ctx := context.Background()
	client := redis.NewClient(&redis.Options{Addr: address, DB: 1})
	call.Must(client.Set(ctx, "nine", "secret", 0).Err())
	if err := client.Get(ctx, "nothing").Err(); err != redis.Nil {
		call.Must(err)
	}
	client.LPush(ctx, "nine", "x") // WRONGTYPE
	pipeline := client.Pipeline()
	pipeline.Incr(ctx, "n")
	pipeline.Incr(ctx, "n")
	_, err := pipeline.Exec(ctx)
	call.Must(err)
	_, err = client.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, "n"); return nil })
	call.Must(err)
}

func eight(address string) {
	ctx := context.Background()
	client := old.NewClient(&old.Options{Addr: address})
	call.Must(client.Set(ctx, "eight", "secret", 0).Err())
	pipeline := client.Pipeline()
	pipeline.Incr(ctx, "m")
	pipeline.Incr(ctx, "m")
	_, err := pipeline.Exec(ctx)
	call.Must(err)
}
