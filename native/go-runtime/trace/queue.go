// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Batch is what one export takes: encoded spans by scope.
type Batch struct {
	Spans  int
	Scopes []ScopeSpans
}

// ScopeSpans holds field 2 of ScopeSpans (spans), each with its tag and length, one after another.
type ScopeSpans struct {
	Scope *Scope
	Data  []byte
}

var (
	enabled   atomic.Bool // spans are made: contexts go on
	exporting atomic.Bool // and recorded
	limits    = spanLimits{attributes: defaultMaxAttributes, events: defaultMaxEvents, valueBytes: -1}
	queue     pending
	scopes    struct {
		sync.Mutex
		n int
	}
)

type spanLimits struct{ attributes, events, valueBytes int }

type pending struct {
	sync.Mutex
	open    *Batch
	full    []*Batch
	free    []*Batch
	spans   int
	max     int
	maxOpen int // spans of a batch
	wakeAt  int // with so many the exporter is woken
	dropped uint64
	wake    chan struct{}
}

// NewScope registers an instrumentation scope; call it from a package variable.
func NewScope(name, version string) *Scope {
	scopes.Lock()
	defer scopes.Unlock()
	scopes.n++
	return &Scope{Name: name, Version: version, index: scopes.n - 1}
}

// enqueue encodes the span around body: field 2 of ScopeSpans. Numbers are Span's of trace.proto.
func enqueue(s *Span, body []byte, end time.Time) {
	var head [96]byte
	b := append(head[:0], 1<<3|2, 16)
	b = append(b, s.traceID[:]...)
	b = append(b, 2<<3|2, 8)
	b = append(b, s.spanID[:]...)
	if s.parent != (SpanID{}) {
		b = append(b, 4<<3|2, 8)
		b = append(b, s.parent[:]...)
	}
	b = append(b, 6<<3, byte(s.kind))
	b = AppendFixed64(b, 7, uint64(s.start.UnixNano()))
	b = AppendFixed64(b, 8, uint64(end.UnixNano()))
	for i, field := range [3]uint64{10, 12, 14} {
		if s.dropped[i] > 0 {
			b = appendVarint(append(b, byte(field<<3)), uint64(s.dropped[i]))
		}
	}
	size := len(b) + len(body) + sizeString(s.state) + s.nameSize()
	status := 0
	if s.status != Unset {
		status = sizeString(s.message) + 2
		size += 1 + sizeVarint(uint64(status)) + status
	}

	queue.Lock()
	if queue.spans >= queue.max {
		queue.dropped++
		queue.Unlock()
		return
	}
	o := queue.room()
	for len(o.Scopes) <= s.scope.index {
		o.Scopes = append(o.Scopes, ScopeSpans{})
	}
	in := &o.Scopes[s.scope.index]
	in.Scope = s.scope
	d := appendVarint(append(in.Data, 2<<3|2), uint64(size))
	d = append(d, b...)
	d = appendString(d, 3, s.state)
	d = s.appendName(d)
	d = append(d, body...)
	if s.status != Unset { // Status: message 2, code 3
		d = appendVarint(append(d, 15<<3|2), uint64(status))
		d = appendString(d, 2, s.message)
		d = append(d, 3<<3, byte(s.status)) // UNSET 0, OK 1, ERROR 2
	}
	in.Data = d
	o.Spans++
	queue.spans++
	wake := o.Spans == queue.wakeAt || o.Spans >= queue.maxOpen
	if o.Spans >= queue.maxOpen {
		queue.full = append(queue.full, o)
		queue.open = nil
	}
	queue.Unlock()
	if wake {
		Wake()
	}
}

// nameLength: a name may have the route as its second part, which is not joined until here.
func (s *Span) nameLength() int {
	if s.routeInName {
		return len(s.name) + 1 + len(s.route)
	}
	return len(s.name)
}

func (s *Span) nameSize() int {
	n := s.nameLength()
	if n == 0 {
		return 0
	}
	return 1 + sizeVarint(uint64(n)) + n
}

func (s *Span) appendName(b []byte) []byte {
	n := s.nameLength()
	if n == 0 {
		return b
	}
	b = append(appendVarint(append(b, 5<<3|2), uint64(n)), s.name...)
	if s.routeInName {
		b = append(append(b, ' '), s.route...)
	}
	return b
}

func sizeString(s string) int {
	if s == "" {
		return 0
	}
	return 1 + sizeVarint(uint64(len(s))) + len(s)
}

// room returns the batch that is being filled; the lock is held.
func (q *pending) room() *Batch {
	if q.open != nil {
		return q.open
	}
	if n := len(q.free); n > 0 {
		q.open, q.free = q.free[n-1], q.free[:n-1]
		return q.open
	}
	q.open = &Batch{}
	return q.open
}

// Wake lets the exporter run before its delay is over.
func Wake() {
	select {
	case queue.wake <- struct{}{}:
	default:
	}
}

// Woken is where the exporter waits.
func Woken() <-chan struct{} { return queue.wake }

// Take returns the oldest batch: a full one, or the open one if enough is in it to wake the exporter,
// or with all whatever is in it. Nil is none. An exporter that keeps up so takes small pieces, and
// one whose collector is far away or busy large ones.
func Take(all bool) *Batch {
	queue.Lock()
	defer queue.Unlock()
	var b *Batch
	if len(queue.full) > 0 {
		b = queue.full[0]
		queue.full = queue.full[1:]
	} else if o := queue.open; o != nil && (all || o.Spans >= queue.wakeAt) {
		b, queue.open = queue.open, nil
	}
	return b
}

// Done gives a batch back once it is sent or given up: only then it no longer counts as queued.
func Done(b *Batch) {
	queue.Lock()
	defer queue.Unlock()
	queue.spans -= b.Spans
	if len(queue.free) > 1 {
		return
	}
	b.Spans = 0
	for i := range b.Scopes {
		b.Scopes[i].Data = b.Scopes[i].Data[:0]
	}
	queue.free = append(queue.free, b)
}

// Queued counts the spans that wait.
func Queued() int {
	queue.Lock()
	defer queue.Unlock()
	return queue.spans
}

// Dropped counts the spans for which the queue had no room.
func Dropped() uint64 {
	queue.Lock()
	defer queue.Unlock()
	return queue.dropped
}

// ErrorType is error.type for err: its dynamic type, as the SDK's RecordError has it.
func ErrorType(err error) string {
	var coded interface{ ErrorCode() string } // smithy.APIError, what AWS answers
	if errors.As(err, &coded) && coded.ErrorCode() != "" {
		return coded.ErrorCode()
	}
	t := reflect.TypeOf(err)
	if t == nil {
		return "_OTHER"
	}
	name := t.String()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.PkgPath() != "" && t.Name() != "" {
		return t.PkgPath() + "." + t.Name()
	}
	return name
}

// responseCode is db.response.status_code, by what drivers' errors say of themselves: SQLSTATE, or
// the first word of a Redis error.
func responseCode(err error) string {
	var state interface{ SQLState() string }
	if errors.As(err, &state) {
		return state.SQLState()
	}
	var redis interface{ RedisError() }
	if errors.As(err, &redis) {
		word, _, _ := strings.Cut(err.Error(), " ")
		if word != "" && word == strings.ToUpper(word) {
			return word
		}
	}
	return ""
}
