// SPDX-License-Identifier: Apache-2.0

//go:build byhand

package main

import (
	"context"
	"database/sql"
	"net/http"
	"os"

	"github.com/XSAM/otelsql"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"google.golang.org/grpc"
)

func setUp() (end func()) {
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx)
	must(err)
	tracers := trace.NewTracerProvider(trace.WithBatcher(exporter))
	otel.SetTracerProvider(tracers)
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	if os.Getenv("OTEL_METRICS_EXPORTER") == "none" {
		return func() { tracers.Shutdown(ctx) }
	}
	reader, err := otlpmetrichttp.New(ctx)
	must(err)
	meters := metric.NewMeterProvider(metric.WithReader(metric.NewPeriodicReader(reader)))
	otel.SetMeterProvider(meters)
	return func() { tracers.Shutdown(ctx); meters.Shutdown(ctx) }
}

func handler(h http.Handler) http.Handler { return otelhttp.NewHandler(h, "server") }

func transport(t http.RoundTripper) http.RoundTripper { return otelhttp.NewTransport(t) }

func serverOptions() []grpc.ServerOption {
	return []grpc.ServerOption{grpc.StatsHandler(otelgrpc.NewServerHandler())}
}

func dialOptions() []grpc.DialOption {
	return []grpc.DialOption{grpc.WithStatsHandler(otelgrpc.NewClientHandler())}
}

// open leaves out the spans of rows, of which database/sql's callers have one a statement.
func open(driver, source string) (*sql.DB, error) {
	return otelsql.Open(driver, source, otelsql.WithAttributes(semconv.DBSystemNamePostgreSQL),
		otelsql.WithSpanOptions(otelsql.SpanOptions{OmitRows: true, OmitConnResetSession: true, OmitConnectorConnect: true}))
}
