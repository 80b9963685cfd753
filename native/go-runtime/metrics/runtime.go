// SPDX-License-Identifier: Apache-2.0

// Package metrics exports what the tracer measured, and the Go runtime's own metrics, by the
// semantic conventions (http-metrics, rpc-metrics, database-metrics, go-metrics).
package metrics

import (
	"math"
	"runtime/metrics"

	"otelkit.dev/go/trace"
)

// gauges of go-metrics: sums that are read where the runtime keeps them.
var gauges = []struct {
	name, unit, description, memoryType string
	isMonotonic                         bool
	of                                  func(*values) (int64, bool)
}{
	{"go.memory.used", "By", "Memory used by the Go runtime.", "stack", false, just("/memory/classes/heap/stacks:bytes")},
	{"go.memory.used", "By", "Memory used by the Go runtime.", "other", false, func(v *values) (int64, bool) {
		return v.number("/memory/classes/total:bytes") - v.number("/memory/classes/heap/released:bytes") -
			v.number("/memory/classes/heap/stacks:bytes"), true
	}},
	{"go.memory.limit", "By", "Go runtime memory limit configured by the user, if a limit exists.", "", false, func(v *values) (int64, bool) {
		limit := v.number("/gc/gomemlimit:bytes")
		return limit, limit > 0 && limit < math.MaxInt64
	}},
	{"go.memory.allocated", "By", "Memory allocated to the heap by the application.", "", true, just("/gc/heap/allocs:bytes")},
	{"go.memory.allocations", "{allocation}", "Count of allocations to the heap by the application.", "", true, just("/gc/heap/allocs:objects")},
	{"go.memory.gc.goal", "By", "Heap size target for the end of the GC cycle.", "", false, just("/gc/heap/goal:bytes")},
	{"go.goroutine.count", "{goroutine}", "Count of live goroutines.", "", false, just("/sched/goroutines:goroutines")},
	{"go.processor.limit", "{thread}", "The number of OS threads that can execute user-level Go code simultaneously.", "", false, just("/sched/gomaxprocs:threads")},
	{"go.config.gogc", "%", "Heap size target percentage configured by the user, otherwise 100.", "", false, just("/gc/gogc:percent")},
}

const latencies = "/sched/latencies:seconds"

var samples = []string{
	"/memory/classes/heap/stacks:bytes", "/memory/classes/total:bytes", "/memory/classes/heap/released:bytes",
	"/gc/gomemlimit:bytes", "/gc/heap/allocs:bytes", "/gc/heap/allocs:objects", "/gc/heap/goal:bytes",
	"/sched/goroutines:goroutines", "/sched/gomaxprocs:threads", "/gc/gogc:percent", latencies,
}

func just(name string) func(*values) (int64, bool) {
	return func(v *values) (int64, bool) { return v.number(name), true }
}

// values is one reading of the runtime's metrics; all its buffers are used again.
type values struct {
	read  []metrics.Sample
	index map[string]int
}

func newValues() *values {
	v := &values{index: map[string]int{}}
	for i, name := range samples {
		v.read = append(v.read, metrics.Sample{Name: name})
		v.index[name] = i
	}
	return v
}

func (v *values) number(name string) int64 {
	s := v.read[v.index[name]].Value
	if s.Kind() != metrics.KindUint64 {
		return 0
	}
	return int64(min(s.Uint64(), math.MaxInt64))
}

// scheduleBounds are few of the runtime's: its own are hundreds. In seconds.
var scheduleBounds = []float64{1e-6, 1e-5, 5e-5, 1e-4, 5e-4, 1e-3, 5e-3, 1e-2, 5e-2, 0.1, 0.5, 1}

// schedule folds /sched/latencies into scheduleBounds. The runtime keeps no sum: the middle of each
// bucket stands for what is in it.
func (v *values) schedule() (p trace.Points, ok bool) {
	s := v.read[v.index[latencies]].Value
	if s.Kind() != metrics.KindFloat64Histogram {
		return trace.Points{}, false
	}
	h := s.Float64Histogram()
	p.Counts = make([]uint64, len(scheduleBounds)+1)
	at := 0
	for i, n := range h.Counts {
		low, high := h.Buckets[i], h.Buckets[i+1]
		for at < len(scheduleBounds) && high > scheduleBounds[at]*1.0001 {
			at++
		}
		p.Counts[at] += n
		p.Count += n
		middle := (math.Max(low, 0) + high) / 2
		if math.IsInf(high, 1) {
			middle = low
		}
		p.Sum += float64(n) * middle
	}
	return p, true
}

func readRuntime(v *values) { metrics.Read(v.read) }
