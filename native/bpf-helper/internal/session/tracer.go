// SPDX-License-Identifier: Apache-2.0

package session

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/gotrace"
	"otelkit/bpf-helper/internal/perfevent"
	"otelkit/bpf-helper/internal/wire"
)

const (
	defaultSpanPollMs = 50
	// Small portions: whoever describes spans takes a CPU from the programs that are traced.
	shortestSpanPoll = 4 * time.Millisecond
	spanBatchBytes   = 128 << 10
	spanBytes        = 4 << 10 // the longest record
	sweepEvery       = 10 * time.Second
	aliveEvery       = time.Second

	startingGCPercent = 400
	startingTime      = 5 * time.Second
)

// tracer is everything that `goStart` started.
type tracer struct {
	session   *Session
	options   goStart
	gotrace   *gotrace.Tracer
	headers   *propagation
	processes *follower
	mutex     sync.Mutex // of the ring and of batch
	batch     []byte
	spans     uint32
	ticks     chan struct{}
	ticking   sync.WaitGroup
}

func (s *Session) startTracer(payload []byte) (reply, error) {
	if s.tracer != nil || s.profile != nil {
		return nil, &failure{Code: "STARTED", Message: "this helper has started already"}
	}
	t := &tracer{session: s, ticks: make(chan struct{})}
	if err := decode(payload, &t.options); err != nil {
		return nil, err
	}
	if err := t.options.check(); err != nil {
		return nil, err
	}
	begun := time.Now()
	collectSeldom()
	var err error
	t.gotrace, err = gotrace.Open(uint32(t.options.RingBytes), t.options.Settings)
	if err != nil {
		return nil, err
	}
	if t.options.Processes {
		if t.processes, err = follow(s); err != nil {
			t.gotrace.Close()
			return nil, err
		}
	}
	t.headers = openPropagation(t.gotrace, t.options.Propagate)
	s.tracer = t
	attached.Store(t)
	t.ticking.Add(1)
	go t.poll()
	features := t.gotrace.Features()
	features["propagation"] = t.headers.expected()
	return reply{"loadMs": time.Since(begun).Milliseconds(), "features": features}, nil
}

// collectSeldom saves a fifth of the CPU until the first span: what loading allocates is all gone soon.
func collectSeldom() {
	usual := debug.SetGCPercent(startingGCPercent)
	time.AfterFunc(startingTime, func() {
		debug.SetGCPercent(usual)
		debug.FreeOSMemory()
	})
}

func decode(payload []byte, to any) error {
	if err := json.Unmarshal(payload, to); err != nil {
		return badRequest("request: %v", err)
	}
	return nil
}

// answer takes the requests that come after goStart.
func (t *tracer) answer(r *request) (reply, error) {
	switch r.Op {
	case "goAttach":
		return t.attach(r.payload)
	case "goTargets":
		var o struct {
			Config int      `json:"config"`
			Add    []uint32 `json:"add"`
			Remove []uint32 `json:"remove"`
		}
		if err := decode(r.payload, &o); err != nil {
			return nil, err
		}
		t.headers.targets(o.Add, o.Remove)
		return nil, t.gotrace.Target(o.Config, o.Add, o.Remove)
	case "goDetach":
		var o struct {
			Config int `json:"config"`
		}
		if err := decode(r.payload, &o); err != nil {
			return nil, err
		}
		t.headers.detach(o.Config)
		return nil, t.gotrace.Detach(o.Config)
	case "goSettings":
		var o gotrace.Settings
		if err := decode(r.payload, &o); err != nil {
			return nil, err
		}
		return nil, t.gotrace.Set(o)
	case "flush":
		t.drain()
		return nil, nil
	case "stats":
		return reply{"stats": t.statistics()}, nil
	case "stop":
		t.session.stopped = true
		t.stop()
		return nil, nil
	}
	return nil, &failure{Code: "UNKNOWN_OP", Message: "no request is called " + r.Op}
}

func (t *tracer) attach(payload []byte) (reply, error) {
	var r gotrace.AttachRequest
	if err := decode(payload, &r); err != nil {
		return nil, err
	}
	begun := time.Now()
	// The process may end before everything is attached: /proc/PID/exe would be gone.
	if file, err := unix.Open(r.Path, unix.O_PATH|unix.O_CLOEXEC, 0); err == nil {
		defer unix.Close(file)
		r.Path = fmt.Sprintf("/proc/self/fd/%d", file)
	}
	attached, err := t.gotrace.Attach(&r)
	if err != nil {
		return nil, err
	}
	propagated, problems := t.headers.attach(&r)
	return reply{
		"attached": attached.Sites, "problems": append(attached.Problems, problems...),
		"propagated": propagated, "attachMs": time.Since(begun).Milliseconds(),
	}, nil
}

// sites answers goSites, which needs nothing that was started.
func sites(payload []byte) (reply, error) {
	var o struct {
		Path      string          `json:"path"`
		Functions []gotrace.Place `json:"functions"`
	}
	if err := decode(payload, &o); err != nil {
		return nil, err
	}
	found, err := gotrace.Sites(o.Path, o.Functions)
	if err != nil {
		return nil, err
	}
	return reply{"sites": found.Sites, "problems": found.Problems}, nil
}

// poll reads the ring at intervals, sooner while it fills fast.
func (t *tracer) poll() {
	defer t.ticking.Done()
	interval := time.Duration(t.options.PollMs) * time.Millisecond
	statsEvery := time.Duration(t.options.StatsMs) * time.Millisecond
	told, swept, alive, next := time.Now(), time.Now(), time.Now(), interval
	t.sayAlive()
	timer := time.NewTimer(next)
	defer timer.Stop()
	for {
		select {
		case <-t.ticks:
			return
		case now := <-timer.C:
			used := t.drain()
			if t.processes != nil {
				t.processes.tick(now)
			}
			if now.Sub(alive) >= aliveEvery {
				alive = now
				t.sayAlive()
			}
			if now.Sub(swept) >= sweepEvery {
				swept = now
				t.sweep()
			}
			if statsEvery > 0 && now.Sub(told) >= statsEvery {
				told = now
				t.session.sendJSON(wire.Statistics, 0, reply{"go": t.statistics()})
			}
			size := t.gotrace.RingBytes()
			switch {
			case used > size/64:
				next = max(next/2, shortestSpanPoll)
			case used < size/256:
				next = min(next*2, interval)
			}
			timer.Reset(next)
		}
	}
}

func (t *tracer) sayAlive() {
	if err := t.gotrace.SayAlive(perfevent.NowNs()); err != nil {
		t.session.log("debug", err.Error())
	}
}

func (t *tracer) sweep() {
	if _, err := t.gotrace.Sweep(perfevent.NowNs()); err != nil {
		t.session.log("warning", err.Error())
	}
}

// drain takes what is in the ring; where nobody reads our output it waits there.
func (t *tracer) drain() uint64 {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.session.out.Full() {
		return 0
	}
	return t.take()
}

// take is drain whatever waits for the reader of our output: the queue counts what it drops.
func (t *tracer) take() uint64 {
	if t.processes != nil {
		t.processes.drain() // What tells of a process comes before its spans.
	}
	used := t.gotrace.Drain(func(record []byte) {
		if len(t.batch) == 0 {
			t.batch = wire.Begin(t.session.out.Buffer(spanBatchBytes+spanBytes), wire.GoSpans, 0)
		}
		t.batch = append(t.batch, record...)
		t.spans++
		if len(t.batch) >= spanBatchBytes {
			t.send()
		}
	})
	t.send()
	return used
}

func (t *tracer) send() {
	if len(t.batch) == 0 {
		return
	}
	t.session.out.Add(wire.End(t.batch, 0), wire.GoSpans, t.spans)
	t.batch, t.spans = nil, 0
}

// stop detaches, and sends what was taken.
func (t *tracer) stop() {
	t.headers.close()
	t.gotrace.DetachAll()
	close(t.ticks)
	t.ticking.Wait()
	t.gotrace.SayGone()
	t.mutex.Lock()
	t.take()
	t.mutex.Unlock()
	t.session.sendJSON(wire.Statistics, 0, reply{"go": t.statistics()})
	if t.processes != nil {
		t.processes.stop()
	}
}

func (t *tracer) statistics() reply {
	counters, err := t.gotrace.Counters()
	out := reply{
		"counters": counters, "pipeDropped": t.session.out.DroppedSpans(),
		"ringBytes": t.gotrace.RingBytes(), "propagation": t.headers.statistics(),
	}
	if err != nil {
		out["error"] = err.Error()
	}
	var usage unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &usage) == nil {
		out["cpuTimeUs"] = (usage.Utime.Nano() + usage.Stime.Nano()) / 1000
		out["maxRssBytes"] = usage.Maxrss * 1024
	}
	return out
}
