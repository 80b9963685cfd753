// SPDX-License-Identifier: Apache-2.0

package metrics_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"testing"

	"otelkit.dev/go/metrics"
	"otelkit.dev/go/otlp"
	"otelkit.dev/go/trace"
)

type point struct {
	Attributes   map[string]any
	Value        int64
	Count        uint64
	Sum          float64
	BucketCounts []uint64
}

// collected gives the points of each metric, read back from the encoded request.
func collected(t *testing.T, r *metrics.Reader) map[string][]point {
	t.Helper()
	var out bytes.Buffer
	if err := otlp.WriteMetrics(&out, r.Collect()); err != nil {
		t.Fatal(err)
	}
	found := map[string][]point{}
	for _, line := range bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n")) {
		var m struct {
			Metric string
			Points []point
		}
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatal(err, string(line))
		}
		found[m.Metric] = m.Points
	}
	return found
}

func call(route string) {
	_, s := trace.Start(context.Background(), trace.Named("test"), trace.Server, "GET")
	series := s.Measure(trace.HTTPServer)
	series.Text[0], series.Text[2], series.Number[0] = "GET", route, 200
	s.End()
}

func TestCallsAreCountedBySeriesSampledOrNot(t *testing.T) {
	trace.Configure(func(name string) string {
		return map[string]string{"OTEL_TRACES_SAMPLER": "always_off"}[name]
	}, true)
	trace.SetMeasuring(true)
	t.Cleanup(func() { trace.SetMeasuring(false); trace.Stop() })
	r := metrics.NewReader(nil, "", "delta")
	call("/a")
	call("/a")
	call("/b")
	points := collected(t, r)["http.server.request.duration"]
	counts := map[any]uint64{}
	for _, p := range points {
		counts[p.Attributes["http.route"]] = p.Count
		if p.Attributes["http.request.method"] != "GET" || p.Attributes["http.response.status_code"] != 200.0 {
			t.Error("attributes", p.Attributes)
		}
		if len(p.BucketCounts) != 15 {
			t.Error("buckets", p.BucketCounts)
		}
	}
	if counts["/a"] != 2 || counts["/b"] != 1 || len(counts) != 2 {
		t.Error(counts)
	}
	if again := collected(t, r)["http.server.request.duration"]; again != nil {
		t.Error("a delta is given once", again)
	}
}

func TestSeriesAboveTheLimitAreOne(t *testing.T) {
	trace.Configure(func(string) string { return "" }, false)
	trace.SetMeasuring(true)
	t.Cleanup(func() { trace.SetMeasuring(false); trace.Stop() })
	const made = 3000
	for i := range made {
		call("/" + strconv.Itoa(i))
	}
	points := collected(t, metrics.NewReader(nil, "", ""))["http.server.request.duration"]
	if len(points) > 2000 || len(points) < 1900 { // other tests' series count, though they are empty now
		t.Error(len(points), "series")
	}
	for _, p := range points {
		if p.Attributes["otel.metric.overflow"] == true {
			if p.Count < made-2000 || len(p.Attributes) != 1 {
				t.Error("overflow", p.Count, p.Attributes)
			}
			return
		}
	}
	t.Error("no overflow series")
}

func TestTheRuntimeIsMeasured(t *testing.T) {
	r := metrics.NewReader(nil, "", "")
	first := collected(t, r)
	for _, name := range []string{"go.memory.allocated", "go.memory.allocations", "go.memory.gc.goal",
		"go.goroutine.count", "go.processor.limit", "go.config.gogc"} {
		if len(first[name]) != 1 || first[name][0].Value <= 0 {
			t.Error(name, first[name])
		}
	}
	if used := first["go.memory.used"]; len(used) != 2 || used[0].Attributes["go.memory.type"] != "stack" ||
		used[1].Attributes["go.memory.type"] != "other" {
		t.Error("go.memory.used", used)
	}
	if schedule := first["go.schedule.duration"]; len(schedule) != 1 || schedule[0].Count == 0 {
		t.Error("go.schedule.duration", schedule)
	}
	if limit := first["go.memory.limit"]; limit != nil {
		t.Error("a limit that nobody set", limit)
	}
	if again := collected(t, r); again["go.memory.allocated"][0].Value < first["go.memory.allocated"][0].Value {
		t.Error("a cumulative counter fell")
	}
}
