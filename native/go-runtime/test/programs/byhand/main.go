// SPDX-License-Identifier: Apache-2.0

// A program that is instrumented already, by OpenTelemetry's own libraries and SDK: each request
// has one server and one client span, its own. They are printed as the console exporter does.
package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"

	"github.com/gin-gonic/gin"
	"github.com/gorilla/mux"
	"github.com/labstack/echo/v4"
	"go.opentelemetry.io/contrib/instrumentation/github.com/gin-gonic/gin/otelgin"
	"go.opentelemetry.io/contrib/instrumentation/github.com/gorilla/mux/otelmux"
	"go.opentelemetry.io/contrib/instrumentation/github.com/labstack/echo/otelecho"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"otelkit.example/programs/internal/call"
)

// printer is the program's own exporter.
type printer struct{}

func (printer) Shutdown(context.Context) error { return nil }
func (printer) ExportSpans(_ context.Context, spans []sdk.ReadOnlySpan) error {
	for _, s := range spans {
		attributes := map[string]any{}
		for _, a := range s.Attributes() {
			attributes[string(a.Key)] = a.Value.AsInterface()
		}
		o := map[string]any{
			"name": s.Name(), "kind": int(s.SpanKind()), "attributes": attributes,
			"traceId": s.SpanContext().TraceID().String(), "spanId": s.SpanContext().SpanID().String(),
			"scope": map[string]any{"name": s.InstrumentationScope().Name},
		}
		if s.Parent().IsValid() {
			o["parentSpanId"] = s.Parent().SpanID().String()
		}
		line, err := json.Marshal(o)
		call.Must(err)
		os.Stdout.Write(append(line, '\n'))
	}
	return nil
}

func main() {
	provider := sdk.NewTracerProvider(sdk.WithSyncer(printer{}))
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagation.TraceContext{})

	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.Use(otelgin.Middleware("gin"))
	g.GET("/gin/:id", func(c *gin.Context) { c.String(200, "ok") })
	e := echo.New()
	e.Use(otelecho.Middleware("echo"))
	e.GET("/echo/:id", func(c echo.Context) error { return c.String(200, "ok") })
	m := mux.NewRouter()
	m.Use(otelmux.Middleware("mux"))
	m.HandleFunc("/mux/{id}", func(http.ResponseWriter, *http.Request) {})
	h := otelhttp.NewHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), "plain")
	client := http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport)}
	for name, handler := range map[string]http.Handler{"gin": g, "echo": e, "mux": m, "http": h} {
		response, err := client.Get(call.Serve(handler) + "/" + name + "/7")
		call.Must(err)
		response.Body.Close()
	}
	remote()
	call.Must(provider.Shutdown(context.Background()))
	os.Exit(0)
}

func remote() {
	l := call.Listen()
	server := grpc.NewServer(grpc.StatsHandler(otelgrpc.NewServerHandler()))
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	go server.Serve(l)
	connection, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithStatsHandler(otelgrpc.NewClientHandler()))
	call.Must(err)
	_, err = grpc_health_v1.NewHealthClient(connection).Check(context.Background(), &grpc_health_v1.HealthCheckRequest{})
	call.Must(err)
}
