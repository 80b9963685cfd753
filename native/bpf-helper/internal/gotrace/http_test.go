// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"strings"
	"testing"
)

// Numbers of docs/go-internals.md §3.
const (
	httpServer, httpClient             = 1, 2
	textMethod, textPath, textHost     = 1, 2, 4
	textRoute, textForwarded           = 6, 14
	byContext, byGoroutine, byCreator  = 1, 2, 3
	none                               = "0000000000000000"
	flagSampled, flagRemote, flagPanic = 1, 2, 4
	flagError, flagHijacked            = 8, 16
	detailH2, detailTLS                = 1, 2
	sampledParent, sampledTrace        = "b7ad6b7169203331", "0af7651916cd43dd8448eb211c80319c"
)

func TestHTTP(t *testing.T) {
	testHTTP(t, newRig(t, Settings{}), build(t, "web"))
}

func testHTTP(t *testing.T, r *rig, p *program) {
	route := "GET /plain/{id}"
	if minorVersion(p.version) < 22 {
		route = "" // ServeMux tells its patterns since then.
	}
	_, attached := r.attach(p)
	for _, s := range attached.Sites {
		t.Logf("%s %s at %s %#x emulated %v", s.Library, s.Function, s.Kind, s.Vaddr, s.Emulated)
	}
	addresses, _ := run(t, p, 1)
	at := addresses[0]
	t.Run("a request is a root span with its route", func(t *testing.T) {
		long := "/plain/" + strings.Repeat("x", 300)
		get(t, at, long+"?q=1")
		s := one(t, r.wait(1), httpServer, textPath, long)
		if s.parent != none || s.status != 200 || s.texts[textRoute] != route ||
			s.texts[textMethod] != "GET" || s.texts[textHost] != at || s.texts[3] != "q=1" ||
			s.flags != flagSampled || s.protocol != 0x101 || s.end <= s.start {
			t.Errorf("%+v", s)
		}
	})
	t.Run("what does not fit is cut and its length kept", func(t *testing.T) {
		r.spans = nil
		long := "/plain/" + strings.Repeat("x", 3000)
		get(t, at, long)
		s := r.wait(1)[0]
		if s.texts[textPath] != long[:1024] || s.full[textPath] != uint32(len(long)) {
			t.Errorf("%d of %d", len(s.texts[textPath]), s.full[textPath])
		}
	})
	t.Run("an inbound traceparent is the parent", func(t *testing.T) {
		r.spans = nil
		get(t, at, "/status", "traceparent", "00-"+sampledTrace+"-"+sampledParent+"-01", "tracestate", "v=1")
		s := one(t, r.wait(1), httpServer, textPath, "/status")
		if s.trace != sampledTrace || s.parent != sampledParent || s.flags != flagSampled|flagRemote ||
			s.texts[9] != "v=1" || s.status != 503 {
			t.Errorf("%+v", s)
		}
	})
	for name, value := range map[string]string{"Forwarded": "for=192.0.2.1", "X-Forwarded-For": "192.0.2.1"} {
		t.Run("whom a request was forwarded for is kept: "+name, func(t *testing.T) {
			r.spans = nil
			get(t, at, "/status", name, value)
			if s := r.wait(1)[0]; s.texts[textForwarded] != value {
				t.Errorf("%+v", s)
			}
		})
	}
	t.Run("among many headers, too", func(t *testing.T) {
		r.spans = nil
		headers := []string{"traceparent", "00-" + sampledTrace + "-" + sampledParent + "-01"}
		for i := range 40 {
			headers = append(headers, "x-h"+strings.Repeat("i", i), "y")
		}
		get(t, at, "/status", headers...)
		if s := r.wait(1)[0]; s.trace != sampledTrace {
			t.Errorf("%+v", s)
		}
	})
	for _, bad := range []string{"00-zz-zz-01", "ff-" + sampledTrace + "-" + sampledParent + "-01",
		"00-" + sampledTrace + "-" + sampledParent + "-01-x", "00-" + strings.ToUpper(sampledTrace) + "-" + sampledParent + "-01",
		"00-" + strings.Repeat("0", 32) + "-" + sampledParent + "-01"} {
		t.Run("a traceparent that is none starts a trace: "+bad, func(t *testing.T) {
			r.spans = nil
			get(t, at, "/status", "traceparent", bad)
			if s := r.wait(1)[0]; s.parent != none || s.trace == sampledTrace {
				t.Errorf("%+v", s)
			}
		})
	}
	t.Run("a parent that is not sampled gives a record without texts to export", func(t *testing.T) {
		r.spans = nil
		get(t, at, "/plain/u", "traceparent", "00-"+sampledTrace+"-"+sampledParent+"-00")
		s := r.wait(1)[0]
		if s.flags&flagSampled != 0 || s.texts[textRoute] != route || s.status != 200 {
			t.Errorf("%+v", s)
		}
	})
	t.Run("a panic ends its span", func(t *testing.T) {
		r.spans = nil
		get(t, at, "/panic")
		s := r.wait(1)[0]
		if s.flags&(flagPanic|flagError) != flagPanic|flagError {
			t.Errorf("%+v", s)
		}
	})
	t.Run("so does hijacking", func(t *testing.T) {
		r.spans = nil
		get(t, at, "/hijack")
		if s := r.wait(1)[0]; s.flags&(flagPanic|flagHijacked) != flagHijacked {
			t.Errorf("%+v", s)
		}
	})
	for path, by := range map[string]uint8{
		"call": byContext, "nocontext": byGoroutine, "background": byCreator, "deep": byContext,
	} {
		t.Run("a call belongs to its request: "+path, func(t *testing.T) {
			r.spans = nil
			get(t, at, "/"+path)
			spans := r.wait(3)
			server := one(t, spans, httpServer, textPath, "/"+path)
			client := one(t, spans, httpClient, textPath, "/plain/"+path)
			if by == byCreator && minorVersion(p.version) < 21 {
				return // runtime.g has no parentGoid.
			}
			if client.parent != server.id || client.trace != server.trace || client.parentBy != by ||
				client.status != 200 || client.flags != flagSampled || client.protocol != 0x101 {
				t.Errorf("%+v\n%+v", server, client)
			}
		})
	}
	t.Run("work of a pool that was there before is no child", func(t *testing.T) {
		r.spans = nil
		get(t, at, "/pool")
		client := one(t, r.wait(3), httpClient, textPath, "/plain/pool")
		if client.parent != none {
			t.Errorf("%+v", client)
		}
	})
	t.Run("an error is told with its type", func(t *testing.T) {
		r.spans = nil
		get(t, at, "/refused")
		client := one(t, r.wait(2), httpClient, textPath, "/refused")
		if client.flags&flagError == 0 || client.errorType == 0 || client.status != -1 {
			t.Errorf("%+v", client)
		}
	})
	for path, want := range map[string]uint8{"plain/h2": flagSampled, "panic": flagSampled | flagPanic | flagError} {
		t.Run("HTTP/2: "+path, func(t *testing.T) {
			r.spans = nil
			get(t, at, "/h2/"+path)
			spans := r.wait(3)
			server := one(t, spans, httpServer, textPath, "/"+path)
			if server.detail != detailH2|detailTLS || server.flags != want || server.protocol != 0x200 || server.texts[9] != "a=b" {
				t.Errorf("%+v", server)
			}
			client := one(t, spans, httpClient, textPath, "/"+path)
			if want == flagSampled && (client.detail != detailH2 || client.status != 200) {
				t.Errorf("%+v", client)
			}
		})
	}
	counters, _ := r.tracer.Counters()
	t.Log(counters)
}
