// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"context"
	"net"
	"strconv"
	"sync"
	"unsafe"

	"otelkit.dev/go/gls"
)

var namedScopes sync.Map

// Named returns the scope of that name, the same one each time.
func Named(name string) *Scope {
	if s, ok := namedScopes.Load(name); ok {
		return s.(*Scope)
	}
	namedScopes.LoadOrStore(name, NewScope(name, ""))
	s, _ := namedScopes.Load(name)
	return s.(*Scope)
}

// Begin is Start for code woven into libraries: the scope by its name, attributes as pairs of a key
// and a value, of which empty ones are left out.
func Begin(ctx context.Context, scope string, kind Kind, name string, pairs ...string) (context.Context, *Span) {
	ctx, s := Start(ctx, Named(scope), kind, name)
	if s.IsRecording() {
		for i := 0; i+1 < len(pairs); i += 2 {
			s.Str(pairs[i], pairs[i+1])
		}
	}
	if measuring.Load() && len(pairs) > 0 {
		s.measurePairs(pairs)
	}
	return ctx, s
}

// measurePairs counts the span by its attributes: a database's, or a messaging system's.
func (s *Span) measurePairs(pairs []string) {
	var i *Instrument
	switch {
	case pairs[0] == "db.system.name":
		i = DatabaseClient
	case pairs[0] == "messaging.system":
		i = MessagingClient
	default:
		return
	}
	series := s.Measure(i)
	if series == nil {
		return
	}
	for at := 0; at+1 < len(pairs); at += 2 {
		for n, name := range i.Text {
			if name == pairs[at] {
				series.Text[n] = pairs[at+1]
			}
		}
	}
}

// Finish ends the span; an error makes it a failed one.
func (s *Span) Finish(err error) {
	if s == nil {
		return
	}
	s.Fail(err)
	s.End()
}

// FinishAs is Finish for an error with a code of the database, as db.response.status_code.
func (s *Span) FinishAs(err error, code string) {
	if s == nil {
		return
	}
	s.Str("db.response.status_code", code)
	s.failedWith(code)
	s.Str("error.type", code)
	s.SetStatus(Error, err.Error())
	s.End()
}

// Collection is for integrations that learn the collection late: the attribute, and the name
// `operation collection`.
func (s *Span) Collection(operation, name string) {
	if s == nil || name == "" {
		return
	}
	s.Str("db.collection.name", name)
	s.SetName(operation + " " + name)
	if s.measured != nil && s.measured.instrument == DatabaseClient {
		s.measured.series.Text[3] = name
	}
}

// Operation is for integrations that learn the operation late: the attribute, and the name.
func (s *Span) Operation(name string) {
	if s == nil || name == "" {
		return
	}
	s.Str("db.operation.name", name)
	s.SetName(name)
	if s.measured != nil && s.measured.instrument == DatabaseClient {
		s.measured.series.Text[2] = name
	}
}

// Forget takes the span back: it turned out to be something that a library does for itself.
func (s *Span) Forget() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recording, s.body, s.measured = false, nil, nil
}

// Peer adds server.address and server.port from `host:port`.
func (s *Span) Peer(address string) {
	if s == nil || address == "" || !s.recording && s.measured == nil {
		return
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	n, err := strconv.Atoi(port)
	s.Str("server.address", host)
	if err == nil {
		s.Int("server.port", n)
	}
	if s.measured != nil && s.measured.instrument == DatabaseClient {
		s.measured.series.Text[5], s.measured.series.Number[1] = host, n
	}
}

// ContextKey is the key under which a context holds its span, for contexts that are tables.
func ContextKey() any { return contextKey{} }

// Received makes what the goroutine does from now on a part of the message that it took: children
// of the consumer span, which has ended. The next message, or the end of the goroutine, ends that.
func Received(consumer *Span) {
	if before := Top(); before != nil && before.carrier {
		before.ended.Store(true)
	}
	if consumer == nil {
		return
	}
	c := &Span{
		traceID: consumer.traceID, spanID: consumer.spanID, flags: consumer.flags,
		state: consumer.state, baggage: consumer.baggage, scope: consumer.scope, carrier: true,
	}
	c.entry = c
	gls.Set(unsafe.Pointer(c))
}

// Foreign stands for a span of another SDK, as the parent of spans made here.
func Foreign(ctx context.Context, id TraceID, span SpanID, flags byte, state string) *Span {
	s := &Span{traceID: id, spanID: span, flags: flags, state: state}
	s.entry = s
	if parent := FromContext(ctx); parent != nil && (parent.traceID == id || parent.entry.yielded) {
		s.local, s.entry, s.baggage = parent, parent.entry, parent.baggage
	}
	return s
}

// Yielded says whether Yield took the span back.
func (s *Span) Yielded() bool { return s != nil && s.yielded }

// Stand makes s, a span that the program started itself, the one that a goroutine finds in the place
// of the entry span that Yield took back. The first of a request counts.
func Stand(s *Span) {
	e := s.entry
	if e == s || !e.yielded {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stand == nil {
		e.stand = s
	}
}

// Yield takes the entry span of ctx back: the program made one of its own for the same request.
func Yield(ctx context.Context) {
	s := FromContext(ctx)
	if s == nil || s.entry == nil {
		return
	}
	e := s.entry
	e.mu.Lock()
	defer e.mu.Unlock()
	e.recording, e.body, e.yielded = false, nil, true
}
