// SPDX-License-Identifier: Apache-2.0

package main

import "strings"

// subject is a module, a program that uses it so that its structs are linked in, and those structs.
type subject struct {
	module string
	oldest string
	// isDense: the first of each minor release too; every: only so many of all.
	isDense bool
	every   int
	source  string
	structs []string
}

// in gives `package.A package.B …`.
func in(pkg, names string) []string {
	var out []string
	for _, name := range strings.Fields(names) {
		out = append(out, pkg+"."+name)
	}
	return out
}

func all(lists ...[]string) []string {
	var out []string
	for _, list := range lists {
		out = append(out, list...)
	}
	return out
}

func subjects() []subject {
	return append([]subject{standardLibrary(), xNet(), grpc()}, moreSubjects()...)
}

func standardLibrary() subject {
	const h2 = "responseWriter responseWriterState ClientConn clientStream Framer"
	return subject{
		module: "std", oldest: "v1.19.0", isDense: true,
		source: `
import (
	"context"
	"database/sql"
	"net/http"
	"time"
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), 1, 2), time.Second)
		defer cancel()
		db, _ := sql.Open("x", "y")
		tx, _ := db.BeginTx(ctx, nil)
		stmt, _ := tx.PrepareContext(ctx, "z")
		rows, _ := stmt.QueryContext(ctx)
		rows.Close()
		db.ExecContext(ctx, "z")
		http.DefaultClient.Do(r.WithContext(ctx))
	})
	http.ListenAndServeTLS(":0", "", "", mux)
}
`,
		structs: all(
			in("runtime", "g m p hmap"),
			in("internal/runtime/maps", "Map"),
			in("net/http", "Request Response response conn pattern persistConn http2"+
				strings.ReplaceAll(h2, " ", " http2")),
			in("net/http/internal/http2", h2),
			in("net/url", "URL"),
			in("bufio", "Writer"),
			in("net", "netFD TCPAddr"),
			in("internal/poll", "FD"),
			in("database/sql", "DB dsnConnector Stmt"),
		),
	}
}

func xNet() subject {
	return subject{
		module: "golang.org/x/net", oldest: "v0.1.0", every: 5,
		source: `
import (
	"net/http"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
)

func main() {
	server := &http2.Server{}
	http2.ConfigureServer(&http.Server{}, server)
	http.ListenAndServe(":0", h2c.NewHandler(http.DefaultServeMux, server))
	(&http.Client{Transport: &http2.Transport{}}).Get("x")
}
`,
		structs: in("golang.org/x/net/http2", "responseWriter responseWriterState "+
			"ClientConn clientStream Framer"),
	}
}

func grpc() subject {
	return subject{
		module: "google.golang.org/grpc", oldest: "v1.52.0", every: 2,
		source: `
import (
	"context"
	"net"
	"net/http"

	"google.golang.org/grpc"
)

func main() {
	server := grpc.NewServer()
	listener, _ := net.Listen("tcp", ":0")
	go http.ListenAndServe(":0", server)
	go server.Serve(listener)
	conn, _ := grpc.Dial("x", grpc.WithInsecure())
	conn.Invoke(context.Background(), "/x/y", nil, nil)
	stream, _ := conn.NewStream(context.Background(), &grpc.StreamDesc{}, "/x/y")
	stream.SendMsg(nil)
}
`,
		structs: all(
			in("google.golang.org/grpc", "ClientConn clientStream csAttempt StreamDesc Server serverStream"),
			in("google.golang.org/grpc/internal/transport", "CallHdr Stream ServerStream ClientStream "+
				"http2Server http2Client loopyWriter framer bufWriter headerFrame clientHeaders "+
				"controlBuffer serverHandlerTransport"),
			in("google.golang.org/grpc/internal/status", "Status Error"),
		),
	}
}
