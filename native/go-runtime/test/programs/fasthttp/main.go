// SPDX-License-Identifier: Apache-2.0

// fasthttp on both sides, three requests over one connection, and a failure.
package main

import (
	"context"
	"net/http"
	"os"

	"github.com/valyala/fasthttp"
	"otelkit.example/programs/internal/call"
)

func main() {
	downstream := call.Serve(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	l := call.Listen()
	server := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		if string(ctx.Path()) == "/fail" {
			ctx.Error("no", 500)
			return
		}
		call.Get(context.Background(), downstream+"/work")
		call.Get(ctx, downstream+"/context")
		ctx.SetStatusCode(200)
	}}
	go server.Serve(l)
	base := "http://" + l.Addr().String()
	for range 2 {
		_, _, err := fasthttp.Get(nil, base+"/items/7?q=1")
		call.Must(err)
	}
	fasthttp.Get(nil, base+"/fail")
	call.Get(context.Background(), downstream+"/after")
	os.Exit(0)
}
