// SPDX-License-Identifier: Apache-2.0

//go:build measure

package gotrace

import (
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
)

// go test -tags measure -v -run Cost ./internal/gotrace: what a hit costs inside BPF (bpf_stats), and
// how many there are a request. The trap itself is research of the kernel's: about 1 µs where the
// instruction is emulated.
func TestCost(t *testing.T) {
	for _, c := range []struct{ name, sampler string }{
		{"sampled", "always_on"}, {"not sampled", "always_off"},
	} {
		t.Run(c.name, func(t *testing.T) { measure(t, c.sampler) })
	}
}

const requests, connections = 4000, 8

func measure(t *testing.T, sampler string) {
	fd, err := ebpf.EnableStats(uint32(unix.BPF_STATS_RUN_TIME))
	if err != nil {
		t.Skipf("skip: %v", err)
	}
	defer fd.Close()
	var s Settings
	s.Sampler = &struct {
		Name  string   `json:"name"`
		Ratio *float64 `json:"ratio"`
	}{Name: sampler}
	r := newRig(t, s)
	p := build(t, "rpc")
	r.attach(p)
	addresses, _ := run(t, p, 1)
	for _, path := range []string{"/none", "/say/hello", "/chat/hello", "/sql/select", "/sql/exec", "/sql/prepared"} {
		before := r.runs(t)
		loadOver(t, addresses[0], path, func() { r.tracer.Drain(func([]byte) {}) })
		after := r.runs(t)
		t.Logf("%s:", path)
		for name, now := range after {
			if n := now.count - before[name].count; n > requests/10 {
				t.Logf("  %-20s %.2f hits a request, %d ns each", name, float64(n)/requests,
					(now.ns-before[name].ns)/n)
			}
		}
	}
}

// loadOver asks over connections that stay open, as servers are asked.
func loadOver(t *testing.T, address, path string, drain func()) {
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	var asking sync.WaitGroup
	for range connections {
		asking.Go(func() {
			for range requests / connections {
				response, err := client.Get("http://" + address + path)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		})
	}
	done := make(chan struct{})
	go func() { asking.Wait(); close(done) }()
	for {
		drain()
		select {
		case <-done:
			client.CloseIdleConnections()
			drain()
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

type runs struct{ count, ns uint64 }

func (r *rig) runs(t *testing.T) map[string]runs {
	out := map[string]runs{}
	for name := range r.tracer.programs.loaded {
		program, err := r.tracer.programs.program(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := program.Stats()
		if err != nil {
			t.Fatal(err)
		}
		out[name] = runs{info.RunCount, uint64(info.Runtime)}
	}
	return out
}
