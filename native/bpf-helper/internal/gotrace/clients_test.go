// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	textDestination, textCommand                                          = 16, 17
	sqlCallKind, producerKind, consumerKind, redisCallKind, mongoCallKind = 5, 6, 7, 8, 9
)

// sender is who sent the message that the played broker has.
const senderTrace, senderSpan = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

func clients(t *testing.T) (*rig, string) {
	t.Helper()
	r, addresses := tracedMatrix(t, "clients", 1)
	return r, addresses[0]
}

// ofRequest asks, and returns the request's span once it is there.
func (r *rig) ofRequest(address, path string) span {
	r.t.Helper()
	r.spans = nil
	get(r.t, address, path)
	for len(only(r.wait(1), httpServer, textPath, path)) == 0 {
		r.wait(len(r.spans) + 1)
	}
	return one(r.t, r.spans, httpServer, textPath, path)
}

func TestClients(t *testing.T) {
	r, address := clients(t)
	testClients(t, r, address)
}

// The libraries' names and layouts before those of today, or after.
func TestOtherClients(t *testing.T) {
	r, address := otherClients(t)
	testClients(t, r, address)
}

func otherClients(t *testing.T) (*rig, string) {
	t.Helper()
	needFullMatrix(t)
	r := newRig(t, Settings{})
	p := buildAs(t, "clients", func(dir string) { useOtherClients(t, dir) })
	if _, attached := r.attach(p); len(attached.Problems) > 0 {
		t.Errorf("%+v", attached.Problems)
	}
	addresses, _ := run(t, p, 1)
	return r, addresses[0]
}

func useOtherClients(t *testing.T, dir string) {
	t.Helper()
	names := strings.NewReplacer(
		"github.com/IBM/sarama", "github.com/Shopify/sarama",
		"github.com/jackc/pgx/v5", "github.com/jackc/pgx/v4",
		"github.com/redis/go-redis/v9", "github.com/go-redis/redis/v8",
		"go.mongodb.org/mongo-driver/", "go.mongodb.org/mongo-driver/v2/",
		", Protocol: 2, DisableIdentity: true", "",
		"mongo.Connect(context.Background(), ", "mongo.Connect(",
		// The broker that is played speaks what is usual today.
		"sarama.NewConfig()", "ofToday()",
		"NewMockProduceResponse(reporter{})", "NewMockProduceResponse(reporter{}).SetVersion(3)",
	)
	for _, name := range []string{"main.go", "servers.go"} {
		path := filepath.Join(dir, name)
		text, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, []byte(names.Replace(string(text))), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const ofToday = `package main

import "github.com/Shopify/sarama"

func ofToday() *sarama.Config {
	c := sarama.NewConfig()
	c.Version = sarama.V2_1_0_0
	return c
}
`
	if err := os.WriteFile(filepath.Join(dir, "today.go"), []byte(ofToday), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/clients\n\ngo 1.26.0\n"),
		0o644); err != nil {
		t.Fatal(err)
	}
	change(t, dir, "get", "github.com/Shopify/sarama@v1.38.1", "github.com/jackc/pgx/v4@v4.18.3",
		"github.com/go-redis/redis/v8@v8.11.5", "go.mongodb.org/mongo-driver/v2@v2.4.0",
		"github.com/segmentio/kafka-go@v0.4.51")
}

func testClients(t *testing.T, r *rig, address string) {
	for _, c := range []struct {
		path       string
		kind, text uint8
		value      string
		failed     bool
		detail     uint8
		number     uint64
	}{
		{"/redis", redisCallKind, textCommand, "set", false, 0, 0},
		{"/redis/missing", redisCallKind, textCommand, "get", false, 0, 0},
		{"/redis/wrong", redisCallKind, textCommand, "wrong", true, 0, 0},
		{"/redis/pipeline", redisCallKind, textCommand, "set", false, 1, 2},
		{"/redis/multi", redisCallKind, textCommand, "", false, 2, 3},
		{"/kafka", producerKind, textDestination, "orders", true, 0, 1},
		{"/sarama", producerKind, textDestination, "orders", false, 0, 1},
		{"/sarama/batch", producerKind, textDestination, "orders", false, 0, 2},
		{"/mongo", mongoCallKind, textDestination, "shop", true, 0, 0},
	} {
		t.Run("a call belongs to its request: "+c.path, func(t *testing.T) {
			server := r.ofRequest(address, c.path)
			span := one(t, r.spans, c.kind, c.text, c.value)
			if span.parent != server.id || (span.flags&flagError != 0) != c.failed ||
				span.detail != c.detail || span.typeA != c.number {
				t.Errorf("%+v", span)
			}
		})
	}
	t.Run("a message of an asynchronous producer is a span of its own", func(t *testing.T) {
		r.ofRequest(address, "/sarama/later")
		for len(only(r.spans, producerKind, textDestination, "orders")) == 0 {
			r.wait(len(r.spans) + 1)
		}
		if span := one(t, r.spans, producerKind, textDestination, "orders"); span.flags&flagError != 0 ||
			span.parent != "0000000000000000" || span.end <= span.start {
			t.Errorf("%+v", span)
		}
	})
	t.Run("what sarama receives is of the trace that sent it", func(t *testing.T) {
		r.ofRequest(address, "/consume/sarama")
		for _, span := range only(r.spans, consumerKind, textDestination, "orders") {
			if span.trace != senderTrace || span.parent != senderSpan || span.typeA != 1 || span.detail != 2 {
				t.Errorf("%+v", span)
			}
		}
		if len(only(r.spans, consumerKind, textDestination, "orders")) == 0 {
			t.Errorf("%+v", r.spans)
		}
	})
	t.Run("work on a message of kafka-go is below it", func(t *testing.T) {
		r.ofRequest(address, "/consume/kafka")
		message := one(t, r.spans, consumerKind, textDestination, "orders")
		call := one(t, r.spans, httpClient, textPath, "/seen")
		if message.trace != senderTrace || message.parent != senderSpan || message.detail != 1 ||
			call.parent != message.id || message.typeA != 0 || message.end < call.end {
			t.Errorf("%+v\n%+v", message, call)
		}
	})
	if open := r.open(); open != 0 {
		t.Errorf("%d spans are still open", open)
	}
}

func TestPostgreSQL(t *testing.T) {
	t.Setenv("DATABASE_URL", startPostgreSQL(t))
	for version, traced := range map[string]func(*testing.T) (*rig, string){"5": clients, "4": otherClients} {
		t.Run("pgx "+version, func(t *testing.T) {
			r, address := traced(t)
			testPostgreSQL(t, r, address)
		})
	}
}

func testPostgreSQL(t *testing.T, r *rig, address string) {
	for path, c := range map[string]struct {
		text   string
		detail uint8
		failed bool
	}{
		"/pgx":       {"SELECT 1 FROM pg_class LIMIT 1", 1 | 4, false},
		"/pgx/exec":  {"CREATE TEMPORARY TABLE items (a int)", 2 | 4, false},
		"/pgx/wrong": {"SELECT a FROM missing", 1 | 4, true},
	} {
		t.Run(path, func(t *testing.T) {
			server := r.ofRequest(address, path)
			span := one(t, r.spans, sqlCallKind, textSQL, c.text)
			if span.parent != server.id || span.detail != c.detail || span.texts[textDestination] != "postgres" ||
				(span.flags&flagError != 0) != c.failed {
				t.Errorf("%+v", span)
			}
		})
	}
}

// startPostgreSQL makes a cluster that listens on a socket in its own folder only.
func startPostgreSQL(t *testing.T) string {
	t.Helper()
	needFullMatrix(t)
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_ctl")
	if len(found) == 0 {
		t.Skip("skip: no PostgreSQL, install with: apt-get install postgresql")
	}
	folder, err := os.MkdirTemp("/tmp", "otel-pg-") // paths of sockets are short
	if err != nil {
		t.Fatal(err)
	}
	tool := func(name string, args ...string) error {
		args = append([]string{"-u", "postgres", "--", filepath.Join(filepath.Dir(found[0]), name)}, args...)
		out, err := exec.Command("runuser", args...).CombinedOutput()
		if err != nil {
			t.Logf("%s: %v\n%s", name, err, out)
		}
		return err
	}
	t.Cleanup(func() {
		_ = tool("pg_ctl", "-D", folder, "-m", "immediate", "-w", "stop")
		os.RemoveAll(folder)
	})
	if out, err := exec.Command("chown", "postgres", folder).CombinedOutput(); err != nil {
		t.Skipf("skip: %v: %s", err, out)
	}
	if tool("initdb", "-D", folder, "-A", "trust", "-N") != nil || tool("pg_ctl", "-D", folder, "-w",
		"-l", filepath.Join(folder, "log"), "-o", "-c listen_addresses= -k "+folder, "start") != nil {
		t.Fatal("PostgreSQL does not start")
	}
	return "host=" + folder + " user=postgres database=postgres"
}
