// SPDX-License-Identifier: Apache-2.0

// frameworks serves the same routes by several routers, each at an address of its own.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/gorilla/mux"
	"github.com/labstack/echo/v4"
	"go.opentelemetry.io/auto/sdk"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

func routeGin() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(gin.Recovery(), func(c *gin.Context) {
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), r, 1))
		c.Next()
	})
	r.GET("/user/:id", func(c *gin.Context) { c.String(200, "user") })
	return r
}

func routeGorilla() http.Handler {
	r := mux.NewRouter()
	sub := r.PathPrefix("/user").Subrouter()
	sub.HandleFunc("/{id:[0-9]+}", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "user") })
	return r
}

func routeEcho() http.Handler {
	e := echo.New()
	e.Group("/user").GET("/:id", func(c echo.Context) error { return c.String(200, "user") })
	return e
}

func routeChi() http.Handler {
	r, sub := chi.NewRouter(), chi.NewRouter()
	sub.Get("/{id}", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "user") })
	r.Mount("/user", sub)
	r.Get("/plain/{id}", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "plain") })
	return r
}

func manual(tracer trace.Tracer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, outer := tracer.Start(r.Context(), "outer", trace.WithAttributes(attribute.String("k", "v")))
		_, inner := tracer.Start(ctx, "inner")
		inner.SetStatus(codes.Error, "on purpose")
		inner.End()
		request, _ := http.NewRequestWithContext(ctx, "GET", "http://127.0.0.1:1/called", nil)
		http.DefaultClient.Do(request)
		outer.End()
	})
}

func main() {
	for _, handler := range []http.Handler{
		routeGin(), routeGorilla(), routeEcho(), routeChi(),
		manual(sdk.TracerProvider().Tracer("by-sdk")), manual(otel.Tracer("by-api")),
	} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		fmt.Println(listener.Addr())
		go http.Serve(listener, handler)
	}
	select {}
}
