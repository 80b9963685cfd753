// SPDX-License-Identifier: Apache-2.0

// One request to each router: parameters, groups and mounts, a path that nobody has, a failure.
package main

import (
	"context"
	"net/http"
	"os"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/gorilla/mux"
	"github.com/labstack/echo/v4"
	"otelkit.example/programs/internal/call"
)

// downstream is asked by every handler without a context: its span must be below the handler's.
var downstream string

func work() { call.Get(context.Background(), downstream+"/work") }

func main() {
	downstream = call.Serve(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for name, handler := range map[string]http.Handler{
		"gin": ginRoutes(), "echo": echoRoutes(), "chi": chiRoutes(), "mux": muxRoutes(),
	} {
		base := call.Serve(handler) + "/" + name
		call.Get(context.Background(), base+"/users/7?q=1")
		call.Get(context.Background(), base+"/fail")
		call.Get(context.Background(), base+"/nobody/has/this")
	}
	os.Exit(0)
}

func ginRoutes() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(gin.Recovery())
	group := r.Group("/gin")
	group.GET("/users/:id", func(c *gin.Context) { work(); c.String(200, "user") })
	group.GET("/fail", func(c *gin.Context) { c.String(500, "no") })
	return r
}

func echoRoutes() http.Handler {
	r := echo.New()
	group := r.Group("/echo")
	group.GET("/users/:id", func(c echo.Context) error { work(); return c.String(200, "user") })
	group.GET("/fail", func(echo.Context) error { return echo.NewHTTPError(500, "no") })
	return r
}

func chiRoutes() http.Handler {
	r := chi.NewRouter()
	r.Route("/chi", func(r chi.Router) {
		r.Get("/users/{id}", func(w http.ResponseWriter, _ *http.Request) { work(); w.Write([]byte("user")) })
		r.Get("/fail", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 500) })
	})
	return r
}

func muxRoutes() http.Handler {
	r := mux.NewRouter()
	inner := r.PathPrefix("/mux").Subrouter()
	inner.HandleFunc("/users/{id:[0-9]+}", func(w http.ResponseWriter, _ *http.Request) { work(); w.Write([]byte("user")) })
	inner.HandleFunc("/fail", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 500) })
	return r
}
