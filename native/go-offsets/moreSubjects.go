// SPDX-License-Identifier: Apache-2.0

package main

func moreSubjects() []subject {
	return []subject{
		{
			module: "github.com/segmentio/kafka-go", oldest: "v0.4.0",
			source: `
import (
	"context"

	"github.com/segmentio/kafka-go"
)

func main() {
	reader := kafka.NewReader(kafka.ReaderConfig{})
	message, _ := reader.FetchMessage(context.Background())
	(&kafka.Writer{}).WriteMessages(context.Background(), message)
}
`,
			structs: in("github.com/segmentio/kafka-go", "Reader ReaderConfig Writer Message Header"),
		},
		{
			module: "github.com/IBM/sarama", oldest: "v1.40.0",
			source: `
import "github.com/IBM/sarama"

func main() {
	producer, _ := sarama.NewSyncProducer(nil, nil)
	producer.SendMessage(&sarama.ProducerMessage{})
	async, _ := sarama.NewAsyncProducer(nil, nil)
	async.Close()
	consumer, _ := sarama.NewConsumer(nil, nil)
	consumer.ConsumePartition("", 0, 0)
	group, _ := sarama.NewConsumerGroup(nil, "", nil)
	group.Close()
}
`,
			structs: in("github.com/IBM/sarama", "ProducerMessage ConsumerMessage RecordHeader asyncProducer "+
				"syncProducer partitionConsumer consumerGroupSession consumerGroupClaim"),
		},
		{
			module: "github.com/redis/go-redis/v9", oldest: "v9.0.0", every: 3,
			source: `
import (
	"context"

	"github.com/redis/go-redis/v9"
)

func main() {
	client := redis.NewClient(&redis.Options{})
	client.Get(context.Background(), "x")
	client.Pipelined(context.Background(), nil)
}
`,
			structs: in("github.com/redis/go-redis/v9", "Client baseClient Options baseCmd Cmd StringCmd StatusCmd "+
				"IntCmd hooksMixin"),
		},
		{
			module: "github.com/jackc/pgx/v5", oldest: "v5.0.0", every: 2,
			source: `
import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

func main() {
	conn, _ := pgx.Connect(context.Background(), "")
	conn.Query(context.Background(), "")
	conn.Exec(context.Background(), "")
	conn.SendBatch(context.Background(), &pgx.Batch{})
	stdlib.GetDefaultDriver()
}
`,
			structs: all(
				in("github.com/jackc/pgx/v5", "Conn ConnConfig Batch baseRows"),
				in("github.com/jackc/pgx/v5/pgconn", "PgConn Config CommandTag"),
			),
		},
		mongo("go.mongodb.org/mongo-driver", "v1.8.0", "context.Background(), "),
		mongo("go.mongodb.org/mongo-driver/v2", "v2.0.0", ""),
		router("github.com/gin-gonic/gin", "v1.6.0", "gin.Default().Run()", "Context Engine"),
		router("github.com/labstack/echo/v4", "v4.1.0", `echo.New().Start("")`, "context Context Echo Route"),
		router("github.com/go-chi/chi/v5", "v5.0.0", `chi.NewRouter().Get("/", nil)`, "Context Mux RouteParams"),
		router("github.com/gorilla/mux", "v1.7.0", `mux.NewRouter().Path("/")`,
			"Route Router RouteMatch routeConf routeRegexp routeRegexpGroup"),
		{
			module: "go.opentelemetry.io/otel", oldest: "v1.0.0", every: 5,
			source: `
import (
	"context"

	"go.opentelemetry.io/otel"
)

func main() {
	_, span := otel.Tracer("x").Start(context.Background(), "y")
	span.End()
}
`,
			structs: all(
				in("go.opentelemetry.io/otel/internal/global", "tracer tracerProvider nonRecordingSpan"),
				in("go.opentelemetry.io/otel/trace", "SpanContext nonRecordingSpan autoTracer autoSpan SpanConfig"),
				in("go.opentelemetry.io/otel/attribute", "KeyValue Value"),
			),
		},
		{
			module: "go.opentelemetry.io/auto/sdk", oldest: "v1.0.0",
			source: `
import (
	"context"

	"go.opentelemetry.io/auto/sdk"
)

func main() {
	_, span := sdk.TracerProvider().Tracer("x").Start(context.Background(), "y")
	span.End()
}
`,
			structs: in("go.opentelemetry.io/auto/sdk", "span tracer tracerProvider"),
		},
	}
}

func mongo(module, oldest, context string) subject {
	imports := `"` + module + `/mongo"`
	if context != "" {
		imports += "\n\t\"context\""
	}
	return subject{
		module: module, oldest: oldest, every: 3,
		source: `
import (
	"fmt"
	` + imports + `
)

func main() {
	client, _ := mongo.Connect(` + context + `nil)
	fmt.Println(client.Database("x").Collection("y").FindOne)
}
`,
		structs: all(
			in(module+"/x/mongo/driver", "Operation startedInformation finishedInformation"),
			in(module+"/mongo", "Client Database Collection"),
			in(module+"/event", "CommandStartedEvent"),
		),
	}
}

func router(module, oldest, use, structs string) subject {
	return subject{
		module: module, oldest: oldest, every: 3,
		source:  "\nimport \"" + module + "\"\n\nfunc main() {\n\t" + use + "\n}\n",
		structs: in(module, structs),
	}
}
