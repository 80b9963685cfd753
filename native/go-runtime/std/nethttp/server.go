// SPDX-License-Identifier: Apache-2.0

// Package nethttp fills the hooks that woven net/http calls: server and client spans by the HTTP
// semantic conventions.
package nethttp

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	_ "unsafe" // for linkname

	"otelkit.dev/go/trace"
)

// hooks is net/http.otelkitHooks of aspects/nethttp.yml: the two declarations must agree.
//
//go:linkname hooks net/http.otelkitHooks
var hooks struct {
	serverStart func(r *http.Request) (context.Context, any)
	serverEnd   func(state any, r *http.Request, status int, panicked bool)
	route       func(ctx context.Context, pattern string)
	clientStart func(r *http.Request) (*http.Request, any)
	clientEnd   func(state any, r *http.Response, err error)
}

var scope = trace.NewScope("otelkit.dev/go/std/nethttp", "")

func init() {
	hooks.serverStart = serverStart
	hooks.serverEnd = serverEnd
	hooks.route = func(ctx context.Context, pattern string) { trace.SetRoute(ctx, patternPath(pattern)) }
	hooks.clientStart = clientStart
	hooks.clientEnd = clientEnd
}

// methods that may be an attribute's value; others are _OTHER, so that callers cannot make names up.
var methods = map[string]bool{
	"CONNECT": true, "DELETE": true, "GET": true, "HEAD": true, "OPTIONS": true, "PATCH": true,
	"POST": true, "PUT": true, "TRACE": true, "QUERY": true,
}

func setMethod(e *trace.Editor, method string) string {
	if method == "" {
		method = "GET"
	}
	if isKnown(method) {
		e.Str("http.request.method", method)
		return method
	}
	e.Str("http.request.method", "_OTHER")
	e.Str("http.request.method_original", method)
	return "HTTP"
}

// isKnown is methods, without a look-up for most.
func isKnown(method string) bool { return method == "GET" || method == "POST" || methods[method] }

func serverStart(r *http.Request) (context.Context, any) {
	ctx := r.Context()
	remote := trace.Extract(func(name string) string { return header(r.Header, name) })
	ctx, s := trace.StartRemote(ctx, scope, trace.Server, r.Method, &remote)
	if s == nil {
		return ctx, nil
	}
	s.Enter()
	e := s.Edit()
	if !e.On() {
		return ctx, s
	}
	setMethod(&e, r.Method)
	e.Str("url.path", r.URL.Path)
	if r.URL.RawQuery != "" {
		e.Str("url.query", redactQuery(r.URL.RawQuery))
	}
	e.Str("url.scheme", schemeOf(r))
	host, port := splitHost(r.Host)
	e.Str("server.address", host)
	if n, err := strconv.Atoi(port); err == nil {
		e.Int("server.port", n)
	}
	setPeer(&e, r)
	e.Str("user_agent.original", first(r.Header["User-Agent"]))
	e.Str("network.protocol.version", version(r.ProtoMajor, r.ProtoMinor))
	e.Done()
	return ctx, s
}

// setPeer writes who is at the other end of the connection and, where a proxy says so, behind it.
func setPeer(s *trace.Editor, r *http.Request) {
	peer, port := splitHost(r.RemoteAddr)
	if peer != "" {
		s.Str("network.peer.address", peer)
		if n, err := strconv.Atoi(port); err == nil {
			s.Int("network.peer.port", n)
		}
	}
	client := peer
	if forwarded := first(r.Header["X-Forwarded-For"]); forwarded != "" {
		client, _, _ = strings.Cut(forwarded, ",")
		client = strings.TrimSpace(client)
	}
	s.Str("client.address", client)
}

func serverEnd(state any, r *http.Request, status int, panicked bool) {
	s := state.(*trace.Span)
	if status == 0 && !panicked {
		status = http.StatusOK
	}
	route := s.Route()
	measureServer(s, r, route, status, panicked)
	if !s.IsRecording() {
		s.End()
		return
	}
	e := s.Edit()
	name := "HTTP"
	if isKnown(r.Method) {
		name = r.Method
	}
	e.Name(name)
	if route != "" {
		e.Str("http.route", route)
		e.NameWithRoute(name)
	}
	if status > 0 {
		e.Int("http.response.status_code", status)
	}
	switch {
	case panicked:
		e.Str("error.type", "panic")
	case status >= 500:
		e.Str("error.type", strconv.Itoa(status))
	}
	e.Done()
	if panicked {
		s.SetStatus(trace.Error, "the handler panicked")
	} else if status >= 500 {
		s.SetStatus(trace.Error, "")
	}
	s.End()
}

func measureServer(s *trace.Span, r *http.Request, route string, status int, panicked bool) {
	series := s.Measure(trace.HTTPServer)
	if series == nil {
		return
	}
	series.Text = [6]string{methodOf(r.Method), schemeOf(r), route, version(r.ProtoMajor, r.ProtoMinor)}
	series.Number[0] = status
	if panicked {
		series.Text[4] = "panic"
	} else if status >= 500 {
		series.Text[4] = strconv.Itoa(status)
	}
}

func methodOf(method string) string {
	switch {
	case method == "":
		return http.MethodGet
	case methods[method]:
		return method
	}
	return "_OTHER"
}

func schemeOf(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// patternPath is the path of a ServeMux pattern, `[METHOD ][HOST]/[PATH]`.
func patternPath(pattern string) string {
	if i := strings.IndexByte(pattern, '/'); i > 0 {
		return pattern[i:]
	}
	return pattern
}

func version(major, minor int) string {
	switch {
	case major == 1 && minor == 1:
		return "1.1"
	case major == 1 && minor == 0:
		return "1.0"
	case major == 2:
		return "2"
	}
	return strconv.Itoa(major)
}

// splitHost is net.SplitHostPort that also takes a host alone.
func splitHost(s string) (host, port string) {
	if i := strings.IndexByte(s, ':'); i > 0 && strings.IndexByte(s[i+1:], ':') < 0 { // no IPv6
		return s[:i], s[i+1:]
	}
	if h, p, err := net.SplitHostPort(s); err == nil {
		return h, p
	}
	return strings.Trim(s, "[]"), ""
}

// header reads by the canonical key; the names that are asked for are few.
func header(h http.Header, name string) string {
	switch name {
	case trace.Traceparent:
		return first(h["Traceparent"])
	case trace.Tracestate:
		return joined(h["Tracestate"])
	case trace.Baggage:
		return joined(h["Baggage"])
	}
	return h.Get(name)
}

func joined(v []string) string {
	if len(v) == 0 {
		return ""
	}
	return strings.Join(v, ",")
}

func first(v []string) string {
	if len(v) == 0 {
		return ""
	}
	return v[0]
}

// Query parameters whose values the conventions want replaced (attribute url.query).
var secrets = []string{"AWSAccessKeyId", "Signature", "sig", "X-Goog-Signature"}

func redactQuery(query string) string {
	for _, name := range secrets {
		if !strings.Contains(query, name+"=") {
			continue
		}
		parts := strings.Split(query, "&")
		for i, p := range parts {
			if strings.HasPrefix(p, name+"=") {
				parts[i] = name + "=REDACTED"
			}
		}
		query = strings.Join(parts, "&")
	}
	return query
}

// fullURL is url.full: without credentials, secrets and fragment.
func fullURL(u *url.URL) string {
	query := redactQuery(u.RawQuery)
	if u.User == nil && u.Fragment == "" && query == u.RawQuery {
		return u.String()
	}
	safe := *u
	safe.RawQuery, safe.Fragment, safe.RawFragment = query, "", ""
	if u.User != nil {
		safe.User = url.UserPassword("REDACTED", "REDACTED")
	}
	return safe.String()
}
