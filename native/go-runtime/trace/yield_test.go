// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"context"
	"errors"
	"testing"
)

func TestAYieldedSpanIsNotExportedAndTheProgramsOwnStandsForIt(t *testing.T) {
	Configure(func(string) string { return "" }, true)
	defer Stop()
	drainQueue()
	ctx, server := StartRemote(context.Background(), Named("test"), Server, "GET", &Remote{})
	Yield(ctx)
	own := Foreign(ctx, TraceID{1}, SpanID{2}, 1, "")
	Stand(own)
	inner := Foreign(ContextWith(ctx, own), TraceID{1}, SpanID{3}, 1, "")
	Stand(inner)
	_, child := Start(ctx, Named("test"), Client, "child")
	if child.Parent() != (SpanID{2}) {
		t.Error("the child is below", child.Parent())
	}
	child.End()
	server.End()
	if b := Take(true); b == nil || b.Spans != 1 {
		t.Error("the yielded span was exported", b)
	} else {
		Done(b)
	}
}

func TestNothingIsRecordedBelowASuppressedContext(t *testing.T) {
	Configure(func(string) string { return "" }, true)
	defer Stop()
	type key struct{}
	ctx := context.WithValue(Suppressed{Context: context.Background()}, key{}, 1)
	if _, s := Start(ctx, Named("test"), Client, "HELLO"); s != nil {
		t.Error("a span")
	}
	if Current(ctx) != nil {
		t.Error("the silent span is nobody's parent")
	}
}

type stateError struct{}

func (stateError) Error() string    { return "no such table" }
func (stateError) SQLState() string { return "42P01" }

type redisError string

func (e redisError) Error() string { return string(e) }
func (redisError) RedisError()     {}

func TestErrorsGiveTheirCode(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{{stateError{}, "42P01"}, {errors.Join(stateError{}), "42P01"}, {redisError("WRONGTYPE Operation"), "WRONGTYPE"},
		{redisError("something else"), ""}, {errors.New("x"), ""}} {
		if got := responseCode(c.err); got != c.want {
			t.Errorf("%v: %q, wanted %q", c.err, got, c.want)
		}
	}
}

func drainQueue() {
	for b := Take(true); b != nil; b = Take(true) {
		Done(b)
	}
}
