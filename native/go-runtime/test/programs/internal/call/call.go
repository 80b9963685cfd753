// SPDX-License-Identifier: Apache-2.0

// Package call has what the programs share: a server on a free port, a request, a way to give up.
package call

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

// Must gives up where err is one.
func Must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Listen returns a listener on a free port of this machine.
func Listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	Must(err)
	return l
}

// Accept hands every connection to a free port over to a goroutine of converse, and returns host:port.
func Accept(converse func(net.Conn)) string {
	l := Listen()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go converse(c)
		}
	}()
	return l.Addr().String()
}

// Serve serves h and returns its URL.
func Serve(h http.Handler) string {
	l := Listen()
	go http.Serve(l, h)
	return "http://" + l.Addr().String()
}

// Get asks for a URL and returns the status.
func Get(ctx context.Context, url string) int {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	Must(err)
	response, err := http.DefaultClient.Do(request)
	Must(err)
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// Environment is a variable that the test sets.
func Environment(name string) string {
	v := os.Getenv(name)
	if v == "" {
		Must(fmt.Errorf("%s is not set", name))
	}
	return v
}
