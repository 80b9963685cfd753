// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"io"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestSpansOfProcessesThatEndedAreForgotten(t *testing.T) {
	r := newRig(t, Settings{})
	p := build(t, "web")
	r.attach(p)
	addresses, cmd := run(t, p, 1)
	var asking sync.WaitGroup
	asking.Go(func() { get(t, addresses[0], "/hang") })
	for deadline := time.Now().Add(20 * time.Second); r.open() == 0 && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	if n, err := r.tracer.Sweep(0); n != 0 || err != nil || r.open() != 1 {
		t.Errorf("swept %d of a process that lives, %v", n, err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	asking.Wait()
	if n, err := r.tracer.Sweep(0); n != 1 || err != nil || r.open() != 0 {
		t.Errorf("swept %d, %v; left %d", n, err, r.open())
	}
}

// open counts spans that have begun.
func (r *rig) open() int {
	n := 0
	var key [keyBytes]byte
	value := make([]byte, r.tracer.programs.Maps["active"].ValueSize())
	for entries := r.tracer.programs.Maps["active"].Iterate(); entries.Next(&key, &value); {
		n++
	}
	return n
}

// untilNoneIsOpen waits: a span is told before it is forgotten.
func (r *rig) untilNoneIsOpen() {
	r.t.Helper()
	open := r.open()
	for deadline := time.Now().Add(20 * time.Second); open > 0 && time.Now().Before(deadline); open = r.open() {
		time.Sleep(10 * time.Millisecond)
	}
	if open > 0 {
		r.t.Errorf("%d spans are still open", open)
	}
}

func TestTenThousandGoroutinesWhoseStacksGrow(t *testing.T) {
	r := newRig(t, Settings{})
	p := build(t, "web")
	r.attach(p)
	addresses, _ := run(t, p, 1)
	if status := get(t, addresses[0], "/many"); status != 200 {
		t.Fatalf("status %d", status)
	}
	server := only(r.wait(10001), httpServer, textPath, "/many")
	if len(server) != 1 || len(r.spans) != 10001 {
		t.Fatalf("%d spans", len(r.spans))
	}
	ids := map[string]bool{}
	for _, s := range r.spans {
		if s.kind == httpClient && s.parent != server[0].id {
			t.Fatalf("%+v", s)
		}
		ids[s.id] = true
	}
	if len(ids) != len(r.spans) || r.open() != 0 {
		t.Errorf("%d IDs of %d spans, %d open", len(ids), len(r.spans), r.open())
	}
}

// The thousand times with OTELKIT_FULL_MATRIX=1.
func TestAttachingAndDetachingUnderLoad(t *testing.T) {
	rounds := 20
	if os.Getenv("OTELKIT_FULL_MATRIX") != "" {
		rounds = 1000
	}
	r := newRig(t, Settings{})
	p := build(t, "web")
	addresses, cmd := run(t, p, 1)
	var failed, asked atomic.Int64
	stop := make(chan struct{})
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if get(t, addresses[0], "/call") != 200 {
					failed.Add(1)
				}
				asked.Add(1)
			}
		})
	}
	for range rounds {
		config, attached := r.attach(p)
		if len(attached.Sites) == 0 {
			t.Error("nothing attached")
		}
		r.tracer.Drain(func([]byte) {})
		if err := r.tracer.Detach(config); err != nil {
			t.Error(err)
		}
		r.next = 0
	}
	close(stop)
	asking.Wait()
	if failed.Load() > 0 || cmd.Process.Signal(syscall.Signal(0)) != nil {
		t.Errorf("%d of %d requests failed", failed.Load(), asked.Load())
	}
	t.Logf("%d requests in %d rounds", asked.Load(), rounds)
}

func TestOnlyListedProcessesAreTraced(t *testing.T) {
	r := newRig(t, Settings{})
	p := build(t, "web")
	first, one := run(t, p, 1)
	second, two := run(t, p, 1)
	listed := []uint32{uint32(one.Process.Pid)}
	if _, err := r.tracer.Attach(&AttachRequest{
		Path: p.path, GoVersion: p.version, Functions: p.functions, Offsets: p.offsets, PIDs: &listed,
	}); err != nil {
		t.Fatal(err)
	}
	get(t, second[0], "/status")
	get(t, first[0], "/status")
	if spans := r.wait(1); len(spans) != 1 || spans[0].tgid != listed[0] {
		t.Errorf("%+v", spans)
	}
	if err := r.tracer.Target(0, []uint32{uint32(two.Process.Pid)}, listed); err != nil {
		t.Fatal(err)
	}
	get(t, first[0], "/status")
	get(t, second[0], "/status")
	if spans := r.wait(2); len(spans) != 2 || spans[1].tgid != uint32(two.Process.Pid) {
		t.Errorf("%+v", spans)
	}
}

// Kernels before 6.6 and before 5.15 attach in other ways.
func TestOlderWaysToAttach(t *testing.T) {
	for name, cookies := range map[string]bool{"perf's uprobes with cookies": true, "without cookies": false} {
		t.Run(name, func(t *testing.T) {
			useCookies, useMulti = cookies, false
			defer func() { useCookies, useMulti = true, true }()
			r := newRig(t, Settings{})
			p := build(t, "web")
			config, attached := r.attach(p)
			if len(attached.Problems) > 0 || r.tracer.programs.multi || r.tracer.programs.cookies != cookies {
				t.Fatalf("%+v", attached.Problems)
			}
			addresses, _ := run(t, p, 1)
			get(t, addresses[0], "/call")
			spans := r.wait(3)
			server := one(t, spans, httpServer, textPath, "/call")
			if client := one(t, spans, httpClient, textPath, "/plain/call"); client.parent != server.id {
				t.Errorf("%+v", client)
			}
			if err := r.tracer.Detach(config); err != nil {
				t.Error(err)
			}
			get(t, addresses[0], "/status")
			r.tracer.Drain(func([]byte) { t.Error("a span after detaching") })
		})
	}
}

func TestWorkOfTheRequestBeforeIsNoChild(t *testing.T) {
	// Which numbers of goroutines were taken is known of one P.
	t.Setenv("GOMAXPROCS", "1")
	r := newRig(t, Settings{})
	p := build(t, "web")
	r.attach(p)
	addresses, _ := run(t, p, 1)
	client := http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for _, path := range []string{"/park", "/release"} {
		response, err := client.Get("http://" + addresses[0] + path)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
	spans := r.wait(4)
	park, release := one(t, spans, httpServer, textPath, "/park"), one(t, spans, httpServer, textPath, "/release")
	if call := one(t, spans, httpClient, textPath, "/plain/parked"); park.goid != release.goid || call.parent != none {
		t.Errorf("%+v\n%+v\n%+v", park, release, call)
	}
}
