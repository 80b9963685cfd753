// SPDX-License-Identifier: Apache-2.0

package nethttp

import (
	"net/http"
	"strconv"

	"otelkit.dev/go/trace"
)

// clientStart begins the span of one exchange and returns the request that carries it: a copy, for
// a RoundTripper must not change what it was given.
func clientStart(r *http.Request) (*http.Request, any) {
	ctx := r.Context()
	if r.URL == nil || r.Header == nil || trace.IsSuppressed(ctx) {
		return r, nil
	}
	parent := trace.Current(ctx)
	if own := first(r.Header["Traceparent"]); own != "" && !forwarded(own, parent) {
		return r, nil // somebody instrumented this call already: theirs is the span
	}
	s := trace.StartChild(parent, scope, trace.Client, r.Method)
	if s == nil {
		return r, nil
	}
	if series := s.Measure(trace.HTTPClient); series != nil {
		series.Text[0], series.Text[1], series.Number[1] = methodOf(r.Method), r.URL.Hostname(), port(r)
	}
	if e := s.Edit(); e.On() {
		e.Name(setMethod(&e, r.Method))
		e.Str("url.full", fullURL(r.URL))
		e.Str("server.address", r.URL.Hostname())
		e.Int("server.port", port(r))
		e.Done()
	}
	copied := *r
	copied.Header = make(http.Header, len(r.Header)+2)
	for name, values := range r.Header {
		copied.Header[name] = values
	}
	s.Inject(func(name, value string) {
		if name == trace.Traceparent { // the canonical form, without computing it
			h := &[1]string{value}
			copied.Header["Traceparent"] = h[:]
			return
		}
		copied.Header.Set(name, value)
	})
	return &copied, s
}

// forwarded says whether a header is the one that came with the request being served: a reverse
// proxy copies it.
func forwarded(header string, parent *trace.Span) bool {
	entry := parent.Entry()
	if entry == nil {
		return false
	}
	remote := trace.Extract(func(name string) string {
		if name == trace.Traceparent {
			return header
		}
		return ""
	})
	id, _ := entry.IDs()
	return remote.TraceID == id && remote.SpanID == entry.Parent()
}

func port(r *http.Request) int {
	if n, err := strconv.Atoi(r.URL.Port()); err == nil {
		return n
	}
	if r.URL.Scheme == "https" {
		return 443
	}
	return 80
}

func clientEnd(state any, r *http.Response, err error) {
	s := state.(*trace.Span)
	if series := s.Measure(trace.HTTPClient); series != nil && r != nil && err == nil {
		series.Text[3], series.Number[0] = version(r.ProtoMajor, r.ProtoMinor), r.StatusCode
		if r.StatusCode >= 400 {
			series.Text[4] = strconv.Itoa(r.StatusCode)
		}
	}
	if !s.IsRecording() {
		s.Fail(err)
		s.End()
		return
	}
	switch {
	case err != nil:
		s.Fail(err)
	case r != nil:
		e := s.Edit()
		e.Int("http.response.status_code", r.StatusCode)
		e.Str("network.protocol.version", version(r.ProtoMajor, r.ProtoMinor))
		if r.StatusCode >= 400 {
			e.Str("error.type", strconv.Itoa(r.StatusCode))
		}
		e.Done()
		if r.StatusCode >= 400 {
			s.SetStatus(trace.Error, "")
		}
	}
	s.End()
}
