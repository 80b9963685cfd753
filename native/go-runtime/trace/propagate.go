// SPDX-License-Identifier: Apache-2.0

package trace

import "strings"

// Remote is the context that came with a request.
type Remote struct {
	TraceID TraceID
	SpanID  SpanID
	Flags   byte
	State   string
	Baggage string
}

// Names of the headers, in the canonical form of net/http and in that of gRPC metadata.
const (
	Traceparent = "traceparent"
	Tracestate  = "tracestate"
	Baggage     = "baggage"
)

// Propagators of OTEL_PROPAGATORS; set once at the start.
type propagators struct{ context, baggage, b3, b3multi bool }

var propagate = propagators{context: true, baggage: true}

// Extract reads the headers through get, which returns "" for one that is absent. The zero Remote
// means there is none, or a damaged one (Trace Context §4.3: restart the trace then).
func Extract(get func(name string) string) (r Remote) {
	if propagate.baggage {
		if v := get(Baggage); len(v) <= maxBaggageBytes {
			r.Baggage = v
		}
	}
	if propagate.context && r.parseTraceparent(get(Traceparent)) {
		if v := get(Tracestate); len(v) <= maxStateBytes {
			r.State = v
		}
		return r
	}
	if propagate.b3 && r.parseB3(get("b3")) {
		return r
	}
	if propagate.b3multi {
		r.parseB3(b3Line(get))
	}
	return r
}

// parseTraceparent follows Trace Context §3.2: versions above 00 may have more after the flags.
func (r *Remote) parseTraceparent(v string) bool {
	if len(v) < 55 || v[2] != '-' || v[35] != '-' || v[52] != '-' {
		return false
	}
	var version, flags [1]byte
	var trace TraceID
	var span SpanID
	if !parseHex(version[:], v[:2]) || version[0] == 0xff || !parseHex(flags[:], v[53:55]) {
		return false
	}
	if len(v) > 55 && (version[0] == 0 || v[55] != '-') {
		return false
	}
	if !parseHex(trace[:], v[3:35]) || !parseHex(span[:], v[36:52]) {
		return false
	}
	if trace == (TraceID{}) || span == (SpanID{}) {
		return false
	}
	r.TraceID, r.SpanID, r.Flags = trace, span, flags[0]
	return true
}

// b3Line makes the one-line form of the several B3 headers.
func b3Line(get func(string) string) string {
	trace, span := get("x-b3-traceid"), get("x-b3-spanid")
	if trace == "" {
		return ""
	}
	sampled := get("x-b3-sampled")
	if get("x-b3-flags") == "1" {
		sampled = "d"
	}
	return trace + "-" + span + "-" + sampled
}

// parseB3 reads `trace-span[-sampled[-parent]]`; a trace ID of 16 digits is padded on the left.
func (r *Remote) parseB3(v string) bool {
	part := strings.SplitN(v, "-", 4)
	if len(part) < 2 {
		return false
	}
	if len(part[0]) == 16 {
		part[0] = "0000000000000000" + part[0]
	}
	var trace TraceID
	var span SpanID
	if !parseHex(trace[:], part[0]) || !parseHex(span[:], part[1]) {
		return false
	}
	if trace == (TraceID{}) || span == (SpanID{}) {
		return false
	}
	r.TraceID, r.SpanID = trace, span
	if len(part) < 3 || part[2] == "" || part[2] == "1" || part[2] == "d" || part[2] == "true" {
		r.Flags = flagSampled
	}
	return true
}

// Inject gives the headers that carry s to set. Nothing is given for no span.
func (s *Span) Inject(set func(name, value string)) {
	if s == nil {
		return
	}
	if propagate.context {
		set(Traceparent, s.Traceparent())
		if s.state != "" {
			set(Tracestate, s.state)
		}
	}
	if propagate.baggage && s.baggage != "" {
		set(Baggage, s.baggage)
	}
	sampled := "0"
	if s.flags&flagSampled != 0 {
		sampled = "1"
	}
	if propagate.b3 {
		set("b3", s.traceID.String()+"-"+s.spanID.String()+"-"+sampled)
	}
	if propagate.b3multi {
		set("x-b3-traceid", s.traceID.String())
		set("x-b3-spanid", s.spanID.String())
		set("x-b3-sampled", sampled)
	}
}

// Traceparent returns the header of version 00 (Trace Context §3.2.2).
func (s *Span) Traceparent() string {
	var b [55]byte
	copy(b[:], "00-")
	putHex(b[3:], s.traceID[:])
	b[35] = '-'
	putHex(b[36:], s.spanID[:])
	b[52], b[53], b[54] = '-', '0', '0'+s.flags&flagSampled
	return string(b[:])
}
