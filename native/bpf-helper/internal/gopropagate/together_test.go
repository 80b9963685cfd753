// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"bytes"
	"encoding/hex"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"otelkit/bpf-helper/internal/gotrace"
)

// Span records of docs/go-internals.md §3.
const (
	recordTrace = 32
	recordSpan  = 48
)

// With the tracer's own spans: each header that arrives is that of a span of the client, each once.
func TestHeadersAreThoseOfTheSpans(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("skip: needs root")
	}
	tracer, err := gotrace.Open(0, gotrace.Settings{})
	if err != nil {
		t.Skipf("skip: this kernel refuses the tracer: %v", err)
	}
	defer tracer.Close()
	p, err := Open(Options{Active: tracer.Active(), States: tracer.TraceStates()})
	if err != nil || p.Mechanism() == None {
		t.Skipf("skip: this kernel refuses propagation: %v, %v", err, p.Why())
	}
	defer p.Close()
	http, grpc := program(t, "client", ""), program(t, "grpc", "")
	for config, path := range []string{http, grpc} {
		target := describe(t, path)
		request := gotrace.AttachRequest{
			Config: config, Path: path, GoVersion: runtime.Version(), Functions: target.Functions,
			Offsets: target.Offsets,
		}
		if _, err := tracer.Attach(&request); err != nil {
			t.Fatal(err)
		}
		target.EveryProcess = true
		a, problems, err := p.Attach(target)
		if err != nil || len(problems) > 0 {
			t.Fatal(err, problems)
		}
		defer a.Close()
	}
	s := &receiver{}
	rig := &rig{t: t}
	url := "http://" + serve(t, s, "tcp", "127.0.0.1:0")
	times := []string{"-requests", strconv.Itoa(requests), "-workers", strconv.Itoa(workers)}
	rig.run(http, append([]string{"-url", url}, times...)...)
	rig.run(http, append([]string{"-url", url, "-h2"}, times...)...)
	sent := s.headers
	for line := range rig.run(grpc, append([]string{"-address", grpcServer(t, grpc)}, times...)...) {
		if got, found := strings.CutPrefix(line, "got "); found {
			_, header, _ := strings.Cut(got, " ")
			sent = append(sent, header)
		}
	}
	spans := map[string]int{}
	tracer.Drain(func(record []byte) {
		trace, span := record[recordTrace:recordTrace+16], record[recordSpan:recordSpan+8]
		spans["00-"+hex.EncodeToString(trace)+"-"+hex.EncodeToString(span)+"-01"] = 0
		if bytes.Count(trace, []byte{0}) == 16 {
			t.Error("a span without a trace")
		}
	})
	if len(sent) != 3*workers*requests {
		t.Errorf("%d headers came, want %d", len(sent), 3*workers*requests)
	}
	for _, header := range sent {
		if n, known := spans[header]; !known || n > 0 {
			t.Fatalf("%q is no span's, or came twice; counters %v", header, p.Counters())
		}
		spans[header]++
	}
}

// run runs a client that nobody opens spans for but the tracer.
func (r *rig) run(path string, arguments ...string) map[string]int {
	r.t.Helper()
	return r.begun(path, func(uint64, int) {}, arguments...).run()
}
