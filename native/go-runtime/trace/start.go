// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"context"
	"time"
)

// Start begins a span below the current one: that of ctx, else the calling goroutine's.
func Start(ctx context.Context, scope *Scope, kind Kind, name string) (context.Context, *Span) {
	if !enabled.Load() {
		return ctx, nil
	}
	parent := current(ctx)
	if parent == silent {
		return ctx, nil
	}
	s := newSpan(scope, kind, name, parent, nil)
	return ContextWith(ctx, s), s
}

// StartChild begins a span below parent without a context; nil is a new trace.
func StartChild(parent *Span, scope *Scope, kind Kind, name string) *Span {
	if !enabled.Load() {
		return nil
	}
	return newSpan(scope, kind, name, parent, nil)
}

// StartRemote begins the span that serves a request from elsewhere, below what its headers said.
func StartRemote(ctx context.Context, scope *Scope, kind Kind, name string, from *Remote) (context.Context, *Span) {
	if !enabled.Load() {
		return ctx, nil
	}
	s := newSpan(scope, kind, name, nil, from)
	return ContextWith(ctx, s), s
}

// StartOptions are what a manual span may ask for.
type StartOptions struct {
	Scope *Scope
	Kind  Kind
	At    time.Time // zero is now
	Root  bool      // a trace of its own
}

// StartManual begins a span that the program itself asked for.
func StartManual(ctx context.Context, name string, o StartOptions) (context.Context, *Span) {
	if !enabled.Load() || IsSuppressed(ctx) {
		return ctx, nil
	}
	var parent *Span
	if !o.Root {
		parent = Current(ctx)
	}
	s := newSpan(o.Scope, o.Kind, name, parent, nil)
	if !o.At.IsZero() {
		s.start = o.At
	}
	s.Enter()
	return ContextWith(ctx, s), s
}

func newSpan(scope *Scope, kind Kind, name string, parent *Span, from *Remote) *Span {
	s := &Span{scope: scope, kind: kind, name: name, spanID: newSpanID(), start: time.Now()}
	var parentFlags byte
	switch {
	case parent != nil:
		s.traceID, s.parent, s.state, s.baggage = parent.traceID, parent.spanID, parent.state, parent.baggage
		s.local, s.entry, parentFlags = parent, parent.entry, parent.flags
		if parent.ended.Load() { // keep chains short: an ended parent is an ID and nothing more
			s.local = nil
		}
	case from != nil && from.TraceID != (TraceID{}):
		s.traceID, s.parent, s.state, parentFlags = from.TraceID, from.SpanID, from.State, from.Flags
	default:
		s.traceID = newTraceID()
	}
	if from != nil {
		s.baggage = from.Baggage
	}
	if s.entry == nil || s.entry.ended.Load() {
		s.entry = s
	}
	if sample.decide(s.traceID, s.parent != (SpanID{}), parentFlags) {
		s.flags, s.recording = flagSampled, exporting.Load()
	}
	if s.recording {
		s.body = bodies.Get().(*[]byte)
	}
	return s
}
