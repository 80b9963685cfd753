// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"context"
	"unsafe"

	"otelkit.dev/go/gls"
)

type contextKey struct{}

// spanContext is a context that carries a span. It is apart from Span, so that a goroutine which
// keeps an ended span in its slot does not keep a whole request alive.
type spanContext struct {
	context.Context
	span *Span
}

func (c *spanContext) Value(key any) any {
	if key == (contextKey{}) {
		return c.span
	}
	return c.Context.Value(key)
}

// ContextWith returns ctx with the span as its current one.
func ContextWith(ctx context.Context, s *Span) context.Context {
	if ctx == nil {
		ctx = context.Background()
	}
	return &spanContext{ctx, s}
}

// FromContext returns the span that ctx carries, or nil.
func FromContext(ctx context.Context) *Span {
	if ctx == nil {
		return nil
	}
	if c, ok := ctx.(*spanContext); ok {
		return c.span
	}
	s, _ := ctx.Value(contextKey{}).(*Span)
	return s
}

// Current returns the span that new ones become children of: that of ctx, else the calling
// goroutine's.
func Current(ctx context.Context) *Span {
	s := current(ctx)
	if s == silent {
		return nil
	}
	return s
}

func current(ctx context.Context) *Span {
	s := FromContext(ctx)
	if s == nil {
		return Local()
	}
	if s.yielded && s.stand != nil {
		return s.stand
	}
	return s
}

// Local returns the calling goroutine's open span. A slot whose request has ended counts as empty
// and is emptied: goroutines of a pool inherit the request that happened to start them.
func Local() *Span {
	s := (*Span)(gls.Get())
	if s == nil {
		return nil
	}
	for i := 0; s != nil && i < maxAncestors; i++ {
		if s.entry != nil && s.entry.ended.Load() {
			break
		}
		if s.yielded && s.stand != nil {
			return s.stand
		}
		if !s.ended.Load() {
			return s
		}
		s = s.local
	}
	gls.Set(nil)
	return nil
}

// Enter makes s the calling goroutine's span and returns the one before, for Leave.
func Enter(s *Span) *Span {
	before := (*Span)(gls.Get())
	gls.Set(unsafe.Pointer(s))
	return before
}

// Leave puts back what Enter returned, unless its request is over.
func Leave(before *Span) {
	if before != nil && before.entry != nil && before.entry.ended.Load() {
		before = nil
	}
	gls.Set(unsafe.Pointer(before))
}

// Suppressed is a context in which nothing is recorded, nor in those made of it: the exporter's own
// requests, what clients send to set a connection up.
type Suppressed struct{ context.Context }

// silent is the span of suppressed contexts.
var silent = func() *Span { s := &Span{}; s.entry = s; return s }()

// Value gives the silent span to whoever looks for one.
func (c Suppressed) Value(key any) any {
	if key == (contextKey{}) {
		return silent
	}
	return c.Context.Value(key)
}

// IsSuppressed says whether nothing is to be recorded in ctx.
func IsSuppressed(ctx context.Context) bool { return FromContext(ctx) == silent }

// Top is what the calling goroutine's slot holds, ended or not.
func Top() *Span { return (*Span)(gls.Get()) }

// DatabaseScope is the scope of the database/sql integration. Drivers that are integrated
// themselves ask InDatabase, so that one statement is one span.
var DatabaseScope *Scope

type quietKey struct{}

// QuietDatabase is for drivers' transactions: what they send for database/sql has no span.
func QuietDatabase(ctx context.Context) context.Context {
	return context.WithValue(ctx, quietKey{}, true)
}

// InDatabase says whether ctx belongs to a statement that has its span already.
func InDatabase(ctx context.Context) bool {
	if ctx.Value(quietKey{}) != nil {
		return true
	}
	s := FromContext(ctx)
	return s != nil && DatabaseScope != nil && s.scope == DatabaseScope && !s.ended.Load()
}
