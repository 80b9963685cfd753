// SPDX-License-Identifier: Apache-2.0

// web is a server and a client at once: paths say what to do.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"time"
)

var self string

func call(ctx context.Context, path string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+self+path, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

// deep calls from a stack that has to grow.
func deep(ctx context.Context, depth int) error {
	var room [512]byte
	room[depth] = byte(depth)
	if depth > 0 {
		return deep(ctx, depth-int(room[depth])/depth)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http:///nowhere", nil)
	if err != nil {
		return err
	}
	_, err = http.DefaultTransport.RoundTrip(request)
	return err
}

// goroutine is the number of the one that calls.
func goroutine() (number int) {
	var text [64]byte
	fmt.Sscanf(string(text[:runtime.Stack(text[:], false)]), "goroutine %d ", &number)
	return number
}

// numbered goes on when new goroutines get numbers of the middle of a batch of sixteen.
func numbered() {
	for number := make(chan int); ; {
		go func() { number <- goroutine() }()
		if <-number%16 == 4 {
			return
		}
	}
}

func main() {
	mux := http.NewServeMux()
	parked := make(chan chan error)
	mux.HandleFunc("/park", func(w http.ResponseWriter, r *http.Request) {
		numbered()
		go func() { done := <-parked; done <- call(context.Background(), "/plain/parked") }()
	})
	mux.HandleFunc("/release", func(w http.ResponseWriter, r *http.Request) {
		done := make(chan error)
		parked <- done
		fmt.Fprintln(w, <-done)
	})
	mux.HandleFunc(plain, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "plain\n")
	})
	mux.HandleFunc("/status", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) })
	mux.HandleFunc("/panic", func(w http.ResponseWriter, r *http.Request) { panic("on purpose") })
	mux.HandleFunc("/hang", func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("hanging")
		select {}
	})
	mux.HandleFunc("/many", func(w http.ResponseWriter, r *http.Request) {
		done := make(chan error)
		for i := 0; i < 10000; i++ {
			go func() { done <- deep(r.Context(), 30) }()
		}
		for i := 0; i < 10000; i++ {
			<-done
		}
	})
	mux.HandleFunc("/hijack", func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\n\r\n")
			conn.Close()
		}
	})
	mux.HandleFunc("/call", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, call(r.Context(), "/plain/call"))
	})
	mux.HandleFunc("/nocontext", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, call(context.Background(), "/plain/nocontext"))
	})
	mux.HandleFunc("/background", func(w http.ResponseWriter, r *http.Request) {
		done := make(chan error)
		go func() { done <- call(context.Background(), "/plain/background") }()
		fmt.Fprintln(w, <-done)
	})
	type key struct{}
	mux.HandleFunc("/deep", func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		for i := 0; i < 40; i++ {
			ctx = context.WithValue(ctx, key{}, i)
		}
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		done := make(chan error)
		go func() { go func() { done <- call(detach(ctx), "/plain/deep") }() }()
		fmt.Fprintln(w, <-done)
	})
	mux.HandleFunc("/refused", func(w http.ResponseWriter, r *http.Request) {
		request, _ := http.NewRequestWithContext(r.Context(), "GET", "http://127.0.0.1:1/refused", nil)
		_, err := http.DefaultClient.Do(request)
		fmt.Fprintln(w, err)
	})
	type job struct {
		path string
		done chan error
	}
	jobs := make(chan job)
	for i := 0; i < 2; i++ {
		go func() {
			for j := range jobs {
				j.done <- call(context.Background(), j.path)
			}
		}()
	}
	mux.HandleFunc("/pool", func(w http.ResponseWriter, r *http.Request) {
		j := job{"/plain/pool", make(chan error)}
		jobs <- j
		fmt.Fprintln(w, <-j.done)
	})
	secure := httptest.NewUnstartedServer(mux)
	secure.EnableHTTP2 = true
	secure.StartTLS()
	mux.HandleFunc("/h2/", func(w http.ResponseWriter, r *http.Request) {
		path := "/" + strings.TrimPrefix(r.URL.Path, "/h2/")
		request, _ := http.NewRequestWithContext(r.Context(), "GET", secure.URL+path, nil)
		request.Header.Set("Tracestate", "a=b")
		response, err := secure.Client().Do(request)
		if err == nil {
			response.Body.Close()
		}
		fmt.Fprintln(w, err)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	self = listener.Addr().String()
	fmt.Println(self)
	panic(http.Serve(listener, mux))
}
