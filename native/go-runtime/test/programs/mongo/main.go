// SPDX-License-Identifier: Apache-2.0

// The MongoDB drivers 1 and 2 against a server of a few commands.
package main

import (
	"context"
	"os"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	old "go.mongodb.org/mongo-driver/mongo"
	oldoptions "go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"otelkit.example/programs/internal/call"
)

func main() {
	url := "mongodb://" + call.Accept(converse) + "/?directConnection=true"
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	one(ctx, url)
	two(ctx, url)
	os.Exit(0)
}

func one(ctx context.Context, url string) {
	client, err := old.Connect(ctx, oldoptions.Client().ApplyURI(url))
	call.Must(err)
	db := client.Database("shop")
	_, err = db.Collection("items").InsertOne(ctx, bson.D{{Key: "secret", Value: 1}})
	call.Must(err)
	cursor, err := db.Collection("items").Find(ctx, bson.D{})
	call.Must(err)
	call.Must(cursor.Close(ctx))
	db.RunCommand(ctx, bson.D{{Key: "fail", Value: 1}})
}

func two(ctx context.Context, url string) {
	client, err := mongo.Connect(options.Client().ApplyURI(url))
	call.Must(err)
	cursor, err := client.Database("shop").Collection("orders").Find(ctx, map[string]any{})
	call.Must(err)
	call.Must(cursor.Close(ctx))
}
