// SPDX-License-Identifier: Apache-2.0

// Manual spans without an SDK, with slog in them, around and below woven ones.
package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"otelkit.example/programs/internal/call"
)

var tracer = otel.Tracer("by-hand")

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	url := call.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, span := tracer.Start(r.Context(), "inner", trace.WithSpanKind(trace.SpanKindInternal))
		defer span.End()
		span.SetAttributes(attribute.Int("n", 1), attribute.StringSlice("list", []string{"a", "b"}))
		span.RecordError(errors.New("recorded"))
		span.SetStatus(codes.Error, "told")
		log.InfoContext(ctx, "with context")
		slogless(log)
	}))
	ctx, span := tracer.Start(context.Background(), "outer")
	call.Get(ctx, url+"/manual")
	span.AddEvent("asked")
	span.End()
	_, linked := tracer.Start(context.Background(), "linked", trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx)))
	linked.End()
	log.Info("outside")
	os.Exit(0)
}

// slogless has no context at hand: the goroutine's span is found.
func slogless(log *slog.Logger) { log.Info("without context") }
