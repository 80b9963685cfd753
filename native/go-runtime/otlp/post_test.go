// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"compress/gzip"
	"context"
	"encoding/binary"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

type seen struct {
	path   string
	header http.Header
	body   []byte
}

func server(t *testing.T, answer func(n int, w http.ResponseWriter)) (string, *[]seen) {
	t.Helper()
	var all []seen
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			t.Log("compressed")
		}
		all = append(all, seen{r.URL.Path, r.Header.Clone(), body})
		answer(len(all), w)
	}))
	t.Cleanup(s.Close)
	return s.URL, &all
}

func client(t *testing.T, signal Signal, env map[string]string) *Client {
	t.Helper()
	c, notes, err := New(signal, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range notes {
		t.Log(n)
	}
	return c
}

// BenchmarkPost sends what an exporter that keeps up sends at a time; the receiver's part counts too.
func BenchmarkPost(b *testing.B) {
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }))
	defer s.Close()
	c, _, err := New("traces", func(name string) string {
		return map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": s.URL}[name]
	})
	if err != nil {
		b.Fatal(err)
	}
	message := make([]byte, 64*420)
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		if err := c.Post(context.Background(), message); err != nil {
			b.Fatal(err)
		}
	}
}

func TestRequestsGoWhereTheVariablesSay(t *testing.T) {
	url, all := server(t, func(int, http.ResponseWriter) {})
	for _, one := range []struct {
		env  map[string]string
		path string
	}{
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": url}, "/v1/traces"},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": url + "/base/"}, "/base/v1/traces"},
		{map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": url + "/own"}, "/own"},
		{map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": url}, "/"},
	} {
		one.env["OTEL_EXPORTER_OTLP_HEADERS"] = "api-key=a%20b, x=y"
		if err := client(t, "traces", one.env).Post(context.Background(), []byte("x")); err != nil {
			t.Fatal(err)
		}
		last := (*all)[len(*all)-1]
		if last.path != one.path || last.header.Get("api-key") != "a b" || last.header.Get("Content-Type") != "application/x-protobuf" {
			t.Errorf("%v: %+v", one.env, last)
		}
	}
}

func TestWhatMayBeTriedAgainIsAndWhatMayNotIsNot(t *testing.T) {
	url, all := server(t, func(n int, w http.ResponseWriter) {
		if n == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	env := map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": url}
	if err := client(t, "traces", env).Post(context.Background(), []byte("x")); err != nil || len(*all) != 2 {
		t.Errorf("%v after %d requests", err, len(*all))
	}
	url, all = server(t, func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusBadRequest) })
	env = map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": url}
	if err := client(t, "traces", env).Post(context.Background(), []byte("x")); err == nil || len(*all) != 1 {
		t.Errorf("%v after %d requests", err, len(*all))
	}
}

func TestCompressionIsGzip(t *testing.T) {
	url, all := server(t, func(int, http.ResponseWriter) {})
	env := map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}
	c := client(t, "traces", env)
	for range 2 { // the writer is used again
		if err := c.Post(context.Background(), []byte("hello")); err != nil {
			t.Fatal(err)
		}
	}
	for _, one := range *all {
		if one.header.Get("Content-Encoding") != "gzip" || unzip(t, one.body) != "hello" {
			t.Errorf("%+v", one)
		}
	}
}

func unzip(t *testing.T, b []byte) string {
	t.Helper()
	r, err := gzip.NewReader(newReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func newReader(b []byte) io.Reader {
	r, w := io.Pipe()
	go func() { _, err := w.Write(b); w.CloseWithError(err) }()
	return r
}

func TestGRPCFramesAndStatus(t *testing.T) {
	c := &Client{grpc: true}
	b, err := c.pack([]byte("hello"))
	if err != nil || b[0] != 0 || binary.BigEndian.Uint32(b[1:5]) != 5 || string(b[5:]) != "hello" {
		t.Errorf("%x %v", b, err)
	}
	answer := func(status string) *http.Response {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Trailer: http.Header{"Grpc-Status": {status}}}
	}
	if err := grpcStatus(answer("0")); err != nil {
		t.Error(err)
	}
	for status, again := range map[string]bool{"14": true, "8": true, "3": false, "16": false, "": false} {
		r, ok := grpcStatus(answer(status)).(*refusal)
		if !ok || r.retry != again {
			t.Errorf("status %q: %+v", status, r)
		}
	}
}

func TestMistakesNameTheVariable(t *testing.T) {
	for _, env := range []map[string]string{
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "ftp://x"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://"},
		{"OTEL_EXPORTER_OTLP_CERTIFICATE": "/nonexistent"},
	} {
		if _, _, err := New("traces", func(name string) string { return env[name] }); err == nil {
			t.Errorf("%v is taken", env)
		}
	}
}
