// SPDX-License-Identifier: Apache-2.0

// Package slog fills the hook that woven log/slog calls: trace_id, span_id and trace_flags on every
// record that is written while a span is current (names: "Trace Context in non-OTLP Log Formats").
package slog

import (
	"context"
	"log/slog"
	_ "unsafe" // for linkname

	"otelkit.dev/go/trace"
)

//go:linkname record log/slog.otelkitRecord
var record func(ctx context.Context, r slog.Record) slog.Record

func init() { record = correlate }

func correlate(ctx context.Context, r slog.Record) slog.Record {
	s := trace.Current(ctx)
	if s == nil {
		return r
	}
	has := false
	r.Attrs(func(a slog.Attr) bool { has = a.Key == "trace_id"; return !has })
	if has {
		return r
	}
	traceID, spanID := s.IDs()
	flags := "00"
	if s.Sampled() {
		flags = "01"
	}
	r.AddAttrs(slog.String("trace_id", traceID.String()), slog.String("span_id", spanID.String()),
		slog.String("trace_flags", flags))
	return r
}
