// SPDX-License-Identifier: Apache-2.0

// Package rpc makes the spans of remote procedure calls. Code woven into google.golang.org/grpc calls
// it with plain values, so that no version of grpc is asked for here.
package rpc

import (
	"context"
	"net"
	"strconv"
	"strings"

	"otelkit.dev/go/trace"
)

var scope = trace.NewScope("otelkit.dev/go/rpc", "")

// statusUnknown is codes.Unknown, what a handler that panicked counts as.
const statusUnknown = 2

// ClientStart begins the span of one call. set adds a header to the outgoing ones.
func ClientStart(ctx context.Context, target, method string, set func(ctx context.Context, name, value string) context.Context) (context.Context, *trace.Span) {
	name := strings.TrimPrefix(method, "/")
	ctx, s := trace.Start(ctx, scope, trace.Client, name)
	if s == nil {
		return ctx, nil
	}
	s.Inject(func(name, value string) { ctx = set(ctx, name, value) })
	if series := s.Measure(trace.RPCClient); series != nil {
		series.Text[0], series.Text[1] = "grpc", name
		series.Text[3], series.Number[1] = endpoint(target)
	}
	if e := s.Edit(); e.On() {
		describe(&e, name)
		host, port := endpoint(target)
		e.Str("server.address", host)
		if port > 0 {
			e.Int("server.port", port)
		}
		e.Done()
	}
	return ctx, s
}

// ClientEnd ends the span of a call; every status but OK is the caller's error.
func ClientEnd(s *trace.Span, code int, message string) {
	if series := s.Measure(trace.RPCClient); series != nil {
		series.Text[2] = codeName(code)
		if code != 0 {
			series.Text[4] = codeName(code)
		}
	}
	if s.IsRecording() {
		s.Int("rpc.grpc.status_code", code)
		if code != 0 {
			s.Str("error.type", codeName(code))
			s.SetStatus(trace.Error, message)
		}
	}
	s.End()
}

// StreamEnd ends the span that ctx carries, if it is a call's.
func StreamEnd(ctx context.Context, code int, message string) {
	if s := trace.FromContext(ctx); s != nil && s.Scope() == scope && s.Kind() == trace.Client {
		ClientEnd(s, code, message)
	}
}

// ServerStart begins the span of one call that is served.
func ServerStart(ctx context.Context, method, peer string, get func(name string) string) (context.Context, *trace.Span) {
	remote := trace.Extract(get)
	name := strings.TrimPrefix(method, "/")
	ctx, s := trace.StartRemote(ctx, scope, trace.Server, name, &remote)
	if s == nil {
		return ctx, nil
	}
	s.Enter()
	if series := s.Measure(trace.RPCServer); series != nil {
		series.Text[0], series.Text[1] = "grpc", name
	}
	if e := s.Edit(); e.On() {
		describe(&e, name)
		if host, port := endpoint(get(":authority")); host != "" {
			e.Str("server.address", host)
			if port > 0 {
				e.Int("server.port", port)
			}
		}
		if host, port, err := net.SplitHostPort(peer); err == nil {
			e.Str("client.address", host)
			e.Str("network.peer.address", host)
			if n, err := strconv.Atoi(port); err == nil {
				e.Int("network.peer.port", n)
			}
		}
		e.Str("user_agent.original", get("user-agent"))
		e.Done()
	}
	return ctx, s
}

// ServerEnd ends the span of a call that was served. Only what is the server's own fault is an
// error (RPC conventions, gRPC: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE,
// DATA_LOSS).
func ServerEnd(s *trace.Span, code int, message string, panicked bool) {
	if panicked {
		code, message = statusUnknown, "the handler panicked"
	}
	failed := code == 2 || code == 4 || code >= 12 && code <= 15
	if series := s.Measure(trace.RPCServer); series != nil {
		series.Text[2] = codeName(code)
		if failed {
			series.Text[4] = codeName(code)
		}
	}
	if s.IsRecording() {
		s.Int("rpc.grpc.status_code", code)
		if failed {
			s.Str("error.type", codeName(code))
			s.SetStatus(trace.Error, message)
		}
	}
	s.End()
}

func describe(s *trace.Editor, name string) {
	s.Str("rpc.system", "grpc")
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		s.Str("rpc.service", name[:i])
		s.Str("rpc.method", name[i+1:])
		return
	}
	s.Str("rpc.method", name)
}

// endpoint reads a target of gRPC's name syntax, `[scheme:[//authority/]]host[:port]`.
func endpoint(target string) (host string, port int) {
	if i := strings.Index(target, "://"); i >= 0 {
		target = target[i+3:]
		target = target[strings.IndexByte(target, '/')+1:]
	} else if strings.HasPrefix(target, "dns:") || strings.HasPrefix(target, "passthrough:") {
		target = target[strings.IndexByte(target, ':')+1:]
	}
	host, number, err := net.SplitHostPort(target)
	if err != nil {
		return target, 0
	}
	port, _ = strconv.Atoi(number)
	return host, port
}

// codeNames are the canonical names of gRPC's status codes.
var codeNames = [...]string{
	"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
	"ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
	"OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
}

func codeName(code int) string {
	if code < 0 || code >= len(codeNames) {
		return strconv.Itoa(code)
	}
	return codeNames[code]
}
