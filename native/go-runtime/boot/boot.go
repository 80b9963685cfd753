// SPDX-License-Identifier: Apache-2.0

// Package boot sets the SDK up from OTEL_* when a woven program starts, and flushes it at the end.
// Woven main packages import it. A function of this package in a program's symbol table is the mark
// by which other tools know a woven program.
package boot

import (
	"context"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"otelkit.dev/go/otlp"
	"otelkit.dev/go/trace"
)

const (
	defaultScheduleDelay = 5 * time.Second
	// flushLimit bounds what an exit can take: a collector that does not answer must not hold a
	// program back for longer.
	flushLimit = 3 * time.Second
	// complainEvery is how often a failing export is written about.
	complainEvery = time.Minute
	schemaURL     = "https://opentelemetry.io/schemas/1.37.0"
)

type exporter struct {
	client   *otlp.Client
	console  bool // lines on stdout in place of a client
	resource []byte
	delay    time.Duration
	out      []byte
	sending  sync.Mutex
	said     time.Time
}

var (
	running *exporter
	stopped atomic.Bool
)

func init() { start(os.Getenv) }

func start(getenv func(string) string) {
	if strings.EqualFold(strings.TrimSpace(getenv("OTEL_SDK_DISABLED")), "true") {
		return
	}
	var say []string
	e := &exporter{delay: milliseconds(getenv("OTEL_BSP_SCHEDULE_DELAY"), defaultScheduleDelay)}
	switch name := getenv("OTEL_TRACES_EXPORTER"); name {
	case "none":
	case "console":
		e.console = true
	default:
		say = append(say, "OTEL_TRACES_EXPORTER="+name+": not known; otlp is used")
		fallthrough
	case "", "otlp":
		client, notes, err := otlp.New("traces", getenv)
		say = append(say, notes...)
		if err != nil {
			say = append(say, err.Error()+"; nothing is exported")
		}
		e.client = client
		if err != nil {
			e.client = nil
		}
	}
	say = append(say, trace.Configure(getenv, e.client != nil || e.console)...)
	e.resource = Resource(getenv)
	say = append(say, startMetrics(getenv, e.resource)...)
	for _, line := range say {
		complain(line)
	}
	if e.client == nil && !e.console {
		return
	}
	running = e
	go e.run()
}

// milliseconds reads a variable's value; fallback where it is no number above zero.
func milliseconds(v string, fallback time.Duration) time.Duration {
	if ms, err := strconv.Atoi(v); err == nil && ms > 0 {
		return time.Duration(ms) * time.Millisecond
	}
	return fallback
}

// complain writes to stderr where OTEL_LOG_LEVEL asks for it: a program that is woven prints nothing
// that it did not print before.
func complain(line string) {
	switch strings.ToLower(os.Getenv("OTEL_LOG_LEVEL")) {
	case "", "none", "off":
		return
	}
	os.Stderr.WriteString("otel-go: " + line + "\n")
}

// run exports what is enough for a batch at once and the rest when the delay is over.
func (e *exporter) run() {
	timer := time.NewTimer(e.delay)
	for {
		all := false
		select {
		case <-trace.Woken():
		case <-timer.C:
			all = true
			timer.Reset(e.delay)
		}
		e.drain(context.Background(), all)
	}
}

// drain exports full batches until there is none, and with all the spans that were queued when it began.
func (e *exporter) drain(ctx context.Context, all bool) {
	e.sending.Lock()
	defer e.sending.Unlock()
	for left := trace.Queued(); ; {
		batch := trace.Take(all && left > 0)
		if batch == nil {
			return
		}
		left -= batch.Spans
		err := e.export(ctx, batch)
		lost := batch.Spans
		trace.Done(batch)
		if err != nil && time.Since(e.said) > complainEvery {
			e.said = time.Now()
			complain(strconv.Itoa(lost) + " spans are lost: " + err.Error())
		}
		if ctx.Err() != nil {
			return
		}
	}
}

func (e *exporter) export(ctx context.Context, batch *trace.Batch) error {
	if e.console {
		return otlp.WriteTraces(os.Stdout, e.resource, batch)
	}
	e.out = otlp.AppendTraces(e.out[:0], e.resource, schemaURL, batch)
	return e.client.Post(ctx, e.out)
}

// Running says whether anything is exported.
func Running() bool { return running != nil || measuring != nil }

// Flush exports what is queued, for at most flushLimit.
func Flush() {
	if !Running() {
		return
	}
	done := make(chan struct{})
	ctx, cancel := context.WithTimeout(context.Background(), flushLimit)
	defer cancel()
	go func() {
		defer close(done)
		if running != nil {
			running.drain(ctx, true)
		}
		if measuring != nil {
			measuring.export(ctx)
		}
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// Shutdown flushes once, at the end of the program, whichever way it ends.
func Shutdown() {
	if !stopped.Swap(true) {
		otlp.Hurry()
		Flush()
	}
}
