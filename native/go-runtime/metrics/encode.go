// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"encoding/binary"
	"math"
	"time"

	"otelkit.dev/go/trace"
)

// Temporalities of OTLP.
const (
	delta      = 1
	cumulative = 2
)

// Reader collects everything there is; it is used by one goroutine at a time.
type Reader struct {
	resource  []byte
	schemaURL string
	delta     bool // for counters and histograms; up-down counters are always cumulative
	started   time.Time
	since     time.Time
	runtime   *values
	last      map[string]int64 // what delta counters had
	lastPlan  trace.Points
}

// NewReader starts now. preference is OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE.
func NewReader(resource []byte, schemaURL, preference string) *Reader {
	now := time.Now()
	return &Reader{
		resource: resource, schemaURL: schemaURL, started: now, since: now,
		delta: preference == "delta" || preference == "DELTA", runtime: newValues(), last: map[string]int64{},
	}
}

// Collect writes an ExportMetricsServiceRequest. Numbers are those of metrics.proto: ResourceMetrics
// has resource 1, scope_metrics 2, schema_url 3; ScopeMetrics scope 1, metrics 2.
func (r *Reader) Collect() []byte {
	now := time.Now()
	from := r.started
	if r.delta {
		from = r.since
	}
	stamp := span{from: uint64(from.UnixNano()), to: uint64(now.UnixNano())}
	r.since = now
	body := trace.AppendBytes(nil, 1, r.resource)
	body = appendScope(body, "otelkit.dev/go/metrics", r.runtimeMetrics(stamp))
	var durations []byte
	for _, i := range trace.Instruments {
		if m := r.histogram(i, stamp); m != nil {
			durations = trace.AppendBytes(durations, 2, m)
		}
	}
	if durations != nil {
		body = appendScope(body, "otelkit.dev/go/trace", durations)
	}
	body = trace.AppendBytes(body, 3, []byte(r.schemaURL))
	return trace.AppendBytes(nil, 1, body)
}

type span struct{ from, to uint64 }

func appendScope(b []byte, name string, metrics []byte) []byte {
	scope := trace.AppendBytes(nil, 1, trace.AppendBytes(nil, 1, []byte(name)))
	return trace.AppendBytes(b, 2, append(scope, metrics...))
}

func (r *Reader) temporality() byte {
	if r.delta {
		return delta
	}
	return cumulative
}

// metric is Metric: name 1, description 2, unit 3, sum 7, histogram 9.
func metric(name, description, unit string, field int, data []byte) []byte {
	m := trace.AppendBytes(nil, 1, []byte(name))
	m = trace.AppendBytes(m, 2, []byte(description))
	m = trace.AppendBytes(m, 3, []byte(unit))
	return trace.AppendBytes(m, field, data)
}

// histogram is Histogram: data_points 1, aggregation_temporality 2. Nil where nothing was measured.
func (r *Reader) histogram(i *trace.Instrument, at span) []byte {
	var points []byte
	i.Each(r.delta, func(s *trace.Series, p *trace.Points) {
		points = trace.AppendBytes(points, 1, appendPoint(attributesOf(i, s), at, p, i.Bounds, true))
	})
	if points == nil {
		return nil
	}
	return metric(i.Name, i.Description, "s", 9, append(points, 2<<3, r.temporality()))
}

func attributesOf(i *trace.Instrument, s *trace.Series) (b []byte) {
	if s.IsOverflow() {
		return trace.AppendKeyValue(nil, 9, "otel.metric.overflow", trace.Bool(true))
	}
	for n, name := range i.Text {
		if name != "" && s.Text[n] != "" {
			b = trace.AppendKeyValue(b, 9, name, trace.String(s.Text[n]))
		}
	}
	for n, name := range i.Number {
		if name != "" && s.Number[n] != 0 {
			b = trace.AppendKeyValue(b, 9, name, trace.Int(int64(s.Number[n])))
		}
	}
	return b
}

// appendPoint is HistogramDataPoint: start 2, time 3, count 4, sum 5, bucket_counts 6,
// explicit_bounds 7, attributes 9, min 11, max 12.
func appendPoint(attributes []byte, at span, p *trace.Points, bounds []float64, hasRange bool) []byte {
	b := append([]byte(nil), attributes...)
	b = trace.AppendFixed64(b, 2, at.from)
	b = trace.AppendFixed64(b, 3, at.to)
	b = trace.AppendFixed64(b, 4, p.Count)
	b = trace.AppendFixed64(b, 5, math.Float64bits(p.Sum))
	var counts, limits []byte
	for _, n := range p.Counts {
		counts = binary.LittleEndian.AppendUint64(counts, n)
	}
	for _, v := range bounds {
		limits = binary.LittleEndian.AppendUint64(limits, math.Float64bits(v))
	}
	b = trace.AppendBytes(b, 6, counts)
	b = trace.AppendBytes(b, 7, limits)
	if hasRange {
		b = trace.AppendFixed64(b, 11, math.Float64bits(p.Min))
		b = trace.AppendFixed64(b, 12, math.Float64bits(p.Max))
	}
	return b
}

// runtimeMetrics gives field 2 of ScopeMetrics, for each metric of go-metrics. NumberDataPoint:
// start 2, time 3, as_int 6, attributes 7; Sum: data_points 1, aggregation_temporality 2,
// is_monotonic 3.
func (r *Reader) runtimeMetrics(at span) (out []byte) {
	readRuntime(r.runtime)
	var points []byte
	for i, g := range gauges {
		if v, ok := g.of(r.runtime); ok {
			isDelta := r.delta && g.isMonotonic
			from := uint64(r.started.UnixNano())
			if isDelta {
				v, r.last[g.name], from = v-r.last[g.name], v, at.from
			}
			points = trace.AppendBytes(points, 1, numberPoint(g.memoryType, from, at.to, v))
		}
		if i+1 < len(gauges) && gauges[i+1].name == g.name || points == nil {
			continue
		}
		temporality, monotonic := byte(cumulative), byte(0)
		if g.isMonotonic {
			temporality, monotonic = r.temporality(), 1
		}
		points = append(points, 2<<3, temporality, 3<<3, monotonic)
		out = trace.AppendBytes(out, 2, metric(g.name, g.description, g.unit, 7, points))
		points = nil
	}
	if p, ok := r.runtime.schedule(); ok {
		p = r.sinceLast(p)
		data := trace.AppendBytes(nil, 1, appendPoint(nil, at, &p, scheduleBounds, false))
		const description = "The time goroutines have spent in the scheduler in a runnable state before actually running."
		out = trace.AppendBytes(out, 2, metric("go.schedule.duration", description, "s", 9, append(data, 2<<3, r.temporality())))
	}
	return out
}

func numberPoint(memoryType string, from, to uint64, v int64) []byte {
	point := trace.AppendFixed64(trace.AppendFixed64(trace.AppendFixed64(nil, 2, from), 3, to), 6, uint64(v))
	if memoryType == "" {
		return point
	}
	return trace.AppendKeyValue(point, 7, "go.memory.type", trace.String(memoryType))
}

// sinceLast takes off what was reported before, where deltas are asked for.
func (r *Reader) sinceLast(p trace.Points) trace.Points {
	if !r.delta {
		return p
	}
	d := trace.Points{Counts: append([]uint64(nil), p.Counts...), Count: p.Count - r.lastPlan.Count, Sum: p.Sum - r.lastPlan.Sum}
	for i := range r.lastPlan.Counts {
		d.Counts[i] -= r.lastPlan.Counts[i]
	}
	r.lastPlan = trace.Points{Counts: p.Counts, Count: p.Count, Sum: p.Sum}
	return d
}
