// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// calls asks for so many requests, eight at a time, and checks that each is a tree of three spans.
func (r *rig) calls(address string, requests int) {
	r.t.Helper()
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			for range requests / 8 {
				if status := get(r.t, address, "/call"); status != 200 {
					r.t.Errorf("status %d", status)
				}
			}
		})
	}
	asking.Wait()
	servers := map[string]bool{}
	spans := r.wait(3 * requests)
	for _, s := range only(spans, httpServer, textPath, "/call") {
		servers[s.id] = true
	}
	calls := only(spans, httpClient, textPath, "/plain/call")
	for _, s := range calls {
		if !servers[s.parent] || s.status != 200 {
			r.t.Fatalf("%+v", s)
		}
		delete(servers, s.parent)
	}
	if len(calls) != requests || len(servers) != 0 || len(spans) != 3*requests || r.open() != 0 {
		r.t.Errorf("%d calls of %d requests, %d spans, %d open", len(calls), requests, len(spans), r.open())
	}
}

func TestProgramsThatCollectGarbageAllTheTime(t *testing.T) {
	p := build(t, "web")
	for _, debug := range []string{"gccheckmark=1", "clobberfree=1"} {
		t.Run(debug, func(t *testing.T) {
			r := newRig(t, Settings{})
			r.attach(p)
			t.Setenv("GOGC", "1")
			t.Setenv("GODEBUG", debug)
			addresses, _ := run(t, p, 1)
			r.calls(addresses[0], 80)
		})
	}
}

func TestProgramsWithTheRaceDetector(t *testing.T) {
	needFullMatrix(t)
	p := build(t, "web", "CGO_ENABLED=1", "GOFLAGS=-mod=mod -race")
	testHTTP(t, newRig(t, Settings{}), p)
	r := newRig(t, Settings{})
	r.attach(p)
	addresses, _ := run(t, p, 1)
	r.calls(addresses[0], 400)
}

func TestProgramsThatEndWhileTheyAreAttachedTo(t *testing.T) {
	r := newRig(t, Settings{})
	p := build(t, "web")
	for round := range 20 {
		_, cmd := run(t, p, 1)
		var ending sync.WaitGroup
		ending.Go(func() {
			time.Sleep(time.Duration(round) * 5 * time.Millisecond)
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
		// As TypeScript names it: the file is found by a process that may be gone by now.
		pids := []uint32{uint32(cmd.Process.Pid)}
		_, err := r.tracer.Attach(&AttachRequest{
			Path: fmt.Sprintf("/proc/%d/exe", cmd.Process.Pid), GoVersion: p.version, Functions: p.functions,
			Offsets: p.offsets, PIDs: &pids,
		})
		ending.Wait()
		if err != nil {
			t.Logf("round %d: %v", round, err)
		} else if err := r.tracer.Detach(0); err != nil {
			t.Error(err)
		}
	}
	r.attach(p)
	addresses, _ := run(t, p, 1)
	r.calls(addresses[0], 8)
}

func TestTheFileIsReplacedWhileItRuns(t *testing.T) {
	r := newRig(t, Settings{})
	p := *build(t, "web")
	original := p.path
	replace := func() {
		content, err := os.ReadFile(original)
		if err != nil {
			t.Fatal(err)
		}
		next := p.path + ".next"
		if err := os.WriteFile(next, content, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(next, p.path); err != nil {
			t.Fatal(err)
		}
	}
	p.path = filepath.Join(t.TempDir(), "web")
	replace()
	addresses, cmd := run(t, &p, 1)
	replace()
	old := p
	old.path = fmt.Sprintf("/proc/%d/exe", cmd.Process.Pid)
	config, _ := r.attach(&old)
	r.calls(addresses[0], 8)
	replace()
	r.spans = nil
	r.calls(addresses[0], 8)
	// What runs the new file is another executable, which is not attached to.
	r.spans = nil
	fresh, _ := run(t, &p, 1)
	if status := get(t, fresh[0], "/call"); status != 200 {
		t.Errorf("status %d", status)
	}
	if err := r.tracer.Detach(config); err != nil {
		t.Error(err)
	}
	r.tracer.Drain(func([]byte) { t.Error("a span of a file that is not attached to") })
}
