// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"context"
	"strings"
	"testing"
)

const (
	someTrace = "0af7651916cd43dd8448eb211c80319c"
	someSpan  = "b7ad6b7169203331"
)

func record(t *testing.T, env map[string]string) {
	t.Helper()
	before, beforeSample := propagate, sample
	if problems := Configure(func(name string) string { return env[name] }, true); len(problems) > 0 {
		t.Log(problems)
	}
	t.Cleanup(func() {
		for b := Take(true); b != nil; b = Take(true) {
			Done(b)
		}
		Stop()
		propagate, sample = before, beforeSample
	})
}

func TestTraceparentIsReadAsTheSpecificationSays(t *testing.T) {
	for header, want := range map[string]bool{
		"00-" + someTrace + "-" + someSpan + "-01":                  true,
		"00-" + someTrace + "-" + someSpan + "-00":                  true,
		"cc-" + someTrace + "-" + someSpan + "-01-what-may-come":    true,
		"00-" + someTrace + "-" + someSpan + "-01-extra":            false,
		"cc-" + someTrace + "-" + someSpan + "-01.":                 false,
		"ff-" + someTrace + "-" + someSpan + "-01":                  false,
		"00-" + strings.ToUpper(someTrace) + "-" + someSpan + "-01": false,
		"00-00000000000000000000000000000000-" + someSpan + "-01":   false,
		"00-" + someTrace + "-0000000000000000-01":                  false,
		"00-zz-zz-01": false,
		"":            false,
	} {
		got := Extract(func(name string) string {
			if name == Traceparent {
				return header
			}
			return ""
		})
		if (got.TraceID.String() == someTrace) != want {
			t.Errorf("%q: trace %s, wanted it read: %v", header, got.TraceID, want)
		}
	}
}

func TestWhatIsInjectedIsWhatIsExtracted(t *testing.T) {
	for _, names := range []string{"tracecontext,baggage", "b3", "b3multi"} {
		record(t, map[string]string{"OTEL_PROPAGATORS": names})
		s := StartChild(nil, Named("test"), Client, "x")
		headers := map[string]string{}
		s.Inject(func(name, value string) { headers[name] = value })
		got := Extract(func(name string) string { return headers[name] })
		trace, span := s.IDs()
		if got.TraceID != trace || got.SpanID != span || got.Flags != 1 {
			t.Errorf("%s: %+v from %v", names, got, headers)
		}
		s.End()
	}
}

func TestDamagedB3StartsATraceOfItsOwn(t *testing.T) {
	for _, v := range []string{"0", "1", "a-b", someTrace, someTrace + "-" + strings.Repeat("0", 16), "-" + someSpan} {
		var r Remote
		if r.parseB3(v) {
			t.Errorf("%q was read as %+v", v, r)
		}
	}
}

func TestUnsampledParentsAreFollowedWithoutRecording(t *testing.T) {
	record(t, nil)
	remote := Remote{Flags: 0}
	parseHex(remote.TraceID[:], someTrace)
	parseHex(remote.SpanID[:], someSpan)
	ctx, s := StartRemote(context.Background(), Named("test"), Server, "x", &remote)
	if s.IsRecording() || s.Sampled() {
		t.Error("recorded though the caller's flags are 00")
	}
	_, child := Start(ctx, Named("test"), Client, "y")
	if child.Sampled() || child.traceID != remote.TraceID || child.parent != s.spanID {
		t.Errorf("child %+v of %+v", child.traceID, s.traceID)
	}
	if !strings.HasSuffix(child.Traceparent(), "-00") {
		t.Error(child.Traceparent())
	}
}

func TestRatioSamplersAgreeWithTheirArgument(t *testing.T) {
	record(t, map[string]string{"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25"})
	n := 0
	for range 4000 {
		s := StartChild(nil, Named("test"), Client, "x")
		if s.Sampled() {
			n++
		}
		s.End()
	}
	if n < 800 || n > 1200 {
		t.Errorf("%d of 4000 sampled by 0.25", n)
	}
}

func TestMistakesInVariablesAreToldAndDoNoHarm(t *testing.T) {
	env := map[string]string{
		"OTEL_TRACES_SAMPLER": "sometimes", "OTEL_BSP_MAX_QUEUE_SIZE": "many", "OTEL_PROPAGATORS": "pigeon",
	}
	problems := Configure(func(name string) string { return env[name] }, true)
	defer Stop()
	defer func() { propagate = propagators{context: true, baggage: true} }()
	if len(problems) != 3 {
		t.Error(problems)
	}
	if queue.max != defaultMaxQueue || !sample.parentBased {
		t.Error("a mistake changed a setting")
	}
}
