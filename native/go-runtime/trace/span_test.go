// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"
)

// field is one field of a protobuf message, read by the rules of the wire format and nothing of ours.
type field struct {
	number int
	value  uint64
	bytes  []byte
}

func fields(t *testing.T, b []byte) (out []field) {
	t.Helper()
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 {
			t.Fatalf("a damaged key in %x", b)
		}
		b = b[n:]
		f := field{number: int(key >> 3)}
		switch key & 7 {
		case 0:
			f.value, n = binary.Uvarint(b)
			b = b[n:]
		case 1:
			f.value = binary.LittleEndian.Uint64(b)
			b = b[8:]
		case 2:
			size, n := binary.Uvarint(b)
			if n <= 0 || uint64(len(b)-n) < size {
				t.Fatalf("field %d has %d bytes, %d are left", f.number, size, len(b)-n)
			}
			f.bytes, b = b[n:n+int(size)], b[n+int(size):]
		default:
			t.Fatalf("wire type %d of field %d", key&7, f.number)
		}
		out = append(out, f)
	}
	return out
}

func exported(t *testing.T) (spans [][]field) {
	t.Helper()
	for b := Take(true); b != nil; b = Take(true) {
		for _, s := range b.Scopes {
			for _, f := range fields(t, s.Data) {
				spans = append(spans, fields(t, f.bytes))
			}
		}
		Done(b)
	}
	return spans
}

func find(span []field, number int) (out []field) {
	for _, f := range span {
		if f.number == number {
			out = append(out, f)
		}
	}
	return out
}

func TestASpanIsTheProtobufMessageThatOTLPSays(t *testing.T) {
	record(t, nil)
	scope := Named("test")
	ctx, parent := Start(context.Background(), scope, Server, "parent")
	_, s := Start(ctx, scope, Client, strings.Repeat("n", 300))
	s.Str("text", strings.Repeat("v", 200))
	s.Int("number", -5)
	s.Bool("yes", true)
	s.Attr("list", List([]Value{String("a"), Int(1), Float(0.5)}))
	s.Set("again", Int(1))
	s.Set("again", Int(2))
	s.Event("happened", time.Unix(1, 0), KeyValue{"k", String("v")})
	s.Link(&Remote{TraceID: TraceID{1}, SpanID: SpanID{2}, State: "a=b"})
	s.Fail(errors.New("broken"))
	s.End()
	s.End()
	parent.End()
	spans := exported(t)
	if len(spans) != 2 {
		t.Fatalf("%d spans", len(spans))
	}
	child := spans[0]
	if string(find(child, 1)[0].bytes) != string(s.traceID[:]) || string(find(child, 4)[0].bytes) != string(parent.spanID[:]) {
		t.Error("trace ID or parent")
	}
	if string(find(child, 5)[0].bytes) != strings.Repeat("n", 300) || find(child, 6)[0].value != 3 {
		t.Error("name or kind")
	}
	if find(child, 7)[0].value > find(child, 8)[0].value {
		t.Error("it ended before it began")
	}
	names := map[string]int{}
	for _, a := range find(child, 9) {
		names[string(fields(t, a.bytes)[0].bytes)]++
	}
	for _, name := range []string{"text", "number", "yes", "list", "again", "error.type"} {
		if names[name] != 1 {
			t.Errorf("%s is there %d times", name, names[name])
		}
	}
	status := fields(t, find(child, 15)[0].bytes)
	if string(status[0].bytes) != "broken" || status[1].value != 2 {
		t.Errorf("status %+v", status)
	}
	if len(find(child, 11)) != 1 || len(find(child, 13)) != 1 {
		t.Error("events or links")
	}
	if len(find(spans[1], 4)) != 0 {
		t.Error("a root has a parent")
	}
}

func TestLimitsAreKeptAndCounted(t *testing.T) {
	record(t, map[string]string{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "2", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "4"})
	s := StartChild(nil, Named("test"), Client, "x")
	for _, key := range []string{"a", "b", "c"} {
		s.Str(key, "xxé漢字")
	}
	s.End()
	span := exported(t)[0]
	if len(find(span, 9)) != 2 || find(span, 10)[0].value != 1 {
		t.Errorf("%d attributes, dropped %+v", len(find(span, 9)), find(span, 10))
	}
	value := fields(t, fields(t, find(span, 9)[0].bytes)[1].bytes)[0].bytes
	if string(value) != "xxé" {
		t.Errorf("cut to %q", value)
	}
}

func TestAForgottenSpanIsNeitherExportedNorMeasured(t *testing.T) {
	record(t, nil)
	SetMeasuring(true)
	defer SetMeasuring(false)
	_, s := Begin(context.Background(), "test", Client, "", "db.system.name", "forgotten")
	s.Operation("hello")
	s.Forget()
	s.Str("k", "v")
	s.Finish(errors.New("x"))
	if spans := exported(t); len(spans) != 0 {
		t.Errorf("%d spans", len(spans))
	}
	DatabaseClient.Each(false, func(series *Series, _ *Points) {
		if series.Text[0] == "forgotten" {
			t.Error("it was measured")
		}
	})
}

func TestNilSpansTakeEverything(t *testing.T) {
	Stop()
	ctx, s := Start(context.Background(), Named("test"), Client, "x")
	if s != nil || ctx != context.Background() {
		t.Error("a span though nothing was configured")
	}
	s.Str("k", "v")
	s.Fail(errors.New("x"))
	s.Inject(func(string, string) { t.Error("injected") })
	s.Enter()
	s.Operation("x")
	s.Forget()
	s.End()
}

func TestTheInnermostRouteIsBelievedAndPrefixesAreAdded(t *testing.T) {
	record(t, nil)
	for _, one := range []struct {
		given []string
		want  string
	}{
		{[]string{"/users/{id}", "/"}, "/users/{id}"},
		{[]string{"/users/{id}", "/api/"}, "/api/users/{id}"},
		{[]string{"/api/users/{id}", "/api/"}, "/api/users/{id}"},
		{[]string{"", "/x"}, "/x"},
	} {
		ctx, s := Start(context.Background(), Named("test"), Server, "GET")
		inner, _ := Start(ctx, Named("test"), Internal, "middleware")
		for _, route := range one.given {
			SetRoute(inner, route)
		}
		if s.Route() != one.want {
			t.Errorf("%v gave %s", one.given, s.Route())
		}
		s.End()
	}
}

func BenchmarkAServerSpanOfTenAttributes(b *testing.B) {
	Configure(func(string) string { return "" }, true)
	defer Stop()
	scope := Named("test")
	b.ReportAllocs()
	for range b.N {
		_, s := Start(context.Background(), scope, Server, "GET /user/{id}")
		for _, key := range []string{"http.request.method", "url.path", "url.query", "url.scheme", "server.address",
			"client.address", "user_agent.original", "http.route"} {
			s.Str(key, "some value")
		}
		s.Int("server.port", 8080)
		s.Int("http.response.status_code", 200)
		s.End()
		if batch := Take(false); batch != nil {
			Done(batch)
		}
	}
}
