// SPDX-License-Identifier: Apache-2.0

// Package trace is the small tracer that woven code calls. It needs nothing but the standard
// library, so that weaving a program changes none of its modules' versions; spans are encoded as
// OTLP while they are made, so that one costs a few hundred bytes and no work at export.
package trace

import (
	"sync"
	"sync/atomic"
	"time"
)

// Kind is SpanKind of OTLP.
type Kind byte

const (
	Internal Kind = 1 + iota
	Server
	Client
	Producer
	Consumer
)

// StatusCode is Status.StatusCode of OTLP.
type StatusCode byte

const (
	Unset StatusCode = iota
	Ok
	Error
)

// Scope is an instrumentation scope. Each is made once, by NewScope.
type Scope struct {
	Name, Version string
	index         int
}

// Span is one operation. All methods may be called on nil, which records nothing.
type Span struct {
	traceID TraceID
	spanID  SpanID
	parent  SpanID
	flags   byte
	kind    Kind
	status  StatusCode
	// recording spans are exported; the others only carry their context on.
	recording, routeInName bool
	// carrier stands for a consumer span that has ended, while its message is worked on.
	carrier bool
	ended   atomic.Bool
	scope   *Scope
	// local is the parent in this process; entry the first of the chain, whose end releases the
	// goroutines that inherited it.
	local, entry *Span
	state        string
	baggage      string
	name         string
	route        string
	message      string
	start        time.Time
	before       *Span // what the goroutine's slot held, for Leave at the end
	entered      bool

	mu         sync.Mutex
	body       *[]byte // fields 9 (attributes), 11 (events), 13 (links), encoded
	attributes int
	events     int
	links      int
	dropped    [3]int // attributes, events, links
	late       []KeyValue
	measured   *measure
	// yielded: the program has a span of its own for this, stand, once it is there.
	yielded bool
	stand   *Span
}

// KeyValue is an attribute that may be set again before the span ends.
type KeyValue struct {
	Key   string
	Value Value
}

// bodies never hold a buffer larger than maxPooledBytes.
var bodies = sync.Pool{New: func() any { b := make([]byte, 0, 512); return &b }}

// IsRecording says whether attributes are kept; ask before computing dear ones.
func (s *Span) IsRecording() bool { return s != nil && s.recording && !s.ended.Load() }

// IDs returns the trace and the span ID.
func (s *Span) IDs() (TraceID, SpanID) { return s.traceID, s.spanID }

// Sampled says whether the sampled flag is set.
func (s *Span) Sampled() bool { return s != nil && s.flags&flagSampled != 0 }

// State returns the tracestate header.
func (s *Span) State() string { return s.state }

// Scope returns what Start was given.
func (s *Span) Scope() *Scope { return s.scope }

// Kind returns what Start was given.
func (s *Span) Kind() Kind { return s.kind }

// Enter makes s its goroutine's span until End.
func (s *Span) Enter() {
	if s != nil && !s.entered {
		s.entered, s.before = true, Enter(s)
	}
}

// SetName replaces the name.
func (s *Span) SetName(name string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	s.name, s.routeInName = name, false
	s.mu.Unlock()
}

// SetStatus sets the status; the description is kept for errors only (API specification).
func (s *Span) SetStatus(code StatusCode, message string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.status == Ok || code < s.status && code != Ok {
		return
	}
	s.status = code
	if s.message = ""; code == Error {
		s.message = message
	}
}

// Str, Int, Bool and Attr add an attribute; each key once (Set is for those that may come again).
func (s *Span) Str(key, value string) {
	if value != "" {
		s.Attr(key, Value{kind: 1, str: value})
	}
}

// Int adds a number.
func (s *Span) Int(key string, n int) { s.Attr(key, Value{kind: 3, num: uint64(n)}) }

// Bool adds a boolean.
func (s *Span) Bool(key string, on bool) { s.Attr(key, Bool(on)) }

// Attr adds an attribute of any type.
func (s *Span) Attr(key string, v Value) {
	if s == nil || !s.recording {
		return
	}
	s.mu.Lock()
	s.add(key, v)
	s.mu.Unlock()
}

func (s *Span) add(key string, v Value) {
	if s.body == nil {
		return
	}
	if s.attributes >= limits.attributes {
		s.dropped[0]++
		return
	}
	s.attributes++
	*s.body = AppendKeyValue(*s.body, 9, key, v.cut())
}

// Set sets an attribute that may be set again: the last value counts.
func (s *Span) Set(key string, v Value) {
	if s == nil || !s.recording {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.late {
		if s.late[i].Key == key {
			s.late[i].Value = v
			return
		}
	}
	if s.attributes+len(s.late) >= limits.attributes {
		s.dropped[0]++
		return
	}
	s.late = append(s.late, KeyValue{key, v})
}

// cut applies OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT, never inside a character.
func (v Value) cut() Value {
	if v.kind == 1 && limits.valueBytes >= 0 && len(v.str) > limits.valueBytes {
		n := limits.valueBytes
		for n > 0 && v.str[n]&0xc0 == 0x80 {
			n--
		}
		v.str = v.str[:n]
	}
	return v
}

// Event adds an event now.
func (s *Span) Event(name string, at time.Time, attributes ...KeyValue) {
	if s == nil || !s.recording {
		return
	}
	// Span.Event: time_unix_nano 1, name 2, attributes 3.
	e := AppendFixed64(make([]byte, 0, 128), 1, uint64(at.UnixNano()))
	e = appendString(e, 2, name)
	for _, a := range attributes {
		e = AppendKeyValue(e, 3, a.Key, a.Value.cut())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.events >= limits.events || s.body == nil {
		s.dropped[1]++
		return
	}
	s.events++
	*s.body = AppendBytes(*s.body, 11, e)
}

// Link adds a link to a span that is no ancestor.
func (s *Span) Link(to *Remote, attributes ...KeyValue) {
	if s == nil || !s.recording || to.TraceID == (TraceID{}) {
		return
	}
	// Span.Link: trace_id 1, span_id 2, trace_state 3, attributes 4, flags 6.
	l := AppendBytes(make([]byte, 0, 64), 1, to.TraceID[:])
	l = AppendBytes(l, 2, to.SpanID[:])
	l = appendString(l, 3, to.State)
	for _, a := range attributes {
		l = AppendKeyValue(l, 4, a.Key, a.Value.cut())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.links >= maxLinks || s.body == nil {
		s.dropped[2]++
		return
	}
	s.links++
	*s.body = AppendBytes(*s.body, 13, l)
}

// Fail marks the span failed by err: status, error.type and the description. Nil is no failure.
func (s *Span) Fail(err error) {
	if s == nil || err == nil {
		return
	}
	kind := ErrorType(err)
	if code := responseCode(err); code != "" {
		s.Str("db.response.status_code", code)
		kind = code
	}
	s.failedWith(kind)
	s.Str("error.type", kind)
	s.SetStatus(Error, err.Error())
}

// End ends the span now and queues it; a second call does nothing.
func (s *Span) End() { s.EndAt(time.Time{}) }

// EndAt is End at a time of the caller's; the zero time is now.
func (s *Span) EndAt(at time.Time) {
	if s == nil || s.ended.Swap(true) {
		return
	}
	if s.entered && Top() == s {
		Leave(s.before)
	}
	s.before = nil
	if s.measured != nil && !s.yielded {
		s.measured.record(time.Since(s.start))
	}
	if !s.recording { // nor where Yield took it back
		return
	}
	end := s.start.Add(time.Since(s.start)) // by the monotonic clock
	if !at.IsZero() {
		end = at
	}
	s.mu.Lock()
	for _, a := range s.late {
		s.add(a.Key, a.Value)
	}
	body := s.body
	s.body, s.late = nil, nil
	s.mu.Unlock()
	enqueue(s, *body, end)
	if cap(*body) <= maxPooledBytes {
		*body = (*body)[:0]
		bodies.Put(body)
	}
}
