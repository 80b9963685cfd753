// SPDX-License-Identifier: Apache-2.0

// Package otlp sends OTLP over HTTP/protobuf, or as gRPC over net/http's own HTTP/2: neither
// google.golang.org/grpc nor a protobuf runtime is linked for it.
package otlp

import (
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	defaultTimeout = 10 * time.Second
	maxReplyBytes  = 64 << 10
	firstRetry     = time.Second
	lastRetry      = 30 * time.Second
	maxAttempts    = 6
	// net/http copies a request that does not fit through a new buffer of the request's size; those
	// of an exporter that keeps up do (64 spans of some 400 bytes).
	writeBufferBytes = 64 << 10
)

// Signal is "traces" or "metrics"; the names of variables and paths come from it.
type Signal string

// Client posts the requests of one signal.
type Client struct {
	url     string
	headers http.Header
	timeout time.Duration
	zip     *gzip.Writer
	grpc    bool
	http    *http.Client
}

// New reads OTEL_EXPORTER_OTLP_* (the signal's own variable first) through getenv. The returned
// notes are for people: what is not understood and what is used in its place.
func New(signal Signal, getenv func(string) string) (c *Client, notes []string, err error) {
	upper := strings.ToUpper(string(signal))
	get := func(name string) string {
		if v := strings.TrimSpace(getenv("OTEL_EXPORTER_OTLP_" + upper + "_" + name)); v != "" {
			return v
		}
		return strings.TrimSpace(getenv("OTEL_EXPORTER_OTLP_" + name))
	}
	c = &Client{headers: http.Header{}, timeout: defaultTimeout}
	protocol := get("PROTOCOL")
	c.grpc = protocol == "grpc"
	if protocol == "http/json" {
		notes = append(notes, "OTEL_EXPORTER_OTLP_PROTOCOL=http/json: not supported; http/protobuf is used")
	} else if protocol != "" && protocol != "grpc" && protocol != "http/protobuf" {
		notes = append(notes, "OTEL_EXPORTER_OTLP_PROTOCOL="+protocol+": not known; http/protobuf is used")
	}
	if v := get("TIMEOUT"); v != "" {
		if ms, bad := strconv.Atoi(v); bad == nil && ms > 0 {
			c.timeout = time.Duration(ms) * time.Millisecond
		} else {
			notes = append(notes, "OTEL_EXPORTER_OTLP_TIMEOUT="+v+": expected milliseconds; 10000 is used")
		}
	}
	if err := c.setURL(signal, getenv, strings.EqualFold(get("INSECURE"), "true")); err != nil {
		return nil, notes, err
	}
	for _, pair := range strings.Split(get("HEADERS"), ",") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			continue
		}
		if plain, bad := url.PathUnescape(strings.TrimSpace(value)); bad == nil {
			c.headers.Set(strings.TrimSpace(name), plain)
		}
	}
	if get("COMPRESSION") == "gzip" {
		c.zip = gzip.NewWriter(nil)
	}
	return c, notes, c.connect(get)
}

// setURL follows the exporter specification: the signal's endpoint is used as it is, the common one
// is a base to which v1/SIGNAL is added.
func (c *Client) setURL(signal Signal, getenv func(string) string, insecure bool) error {
	endpoint := strings.TrimSpace(getenv("OTEL_EXPORTER_OTLP_" + strings.ToUpper(string(signal)) + "_ENDPOINT"))
	own := endpoint != ""
	if !own {
		endpoint = strings.TrimSpace(getenv("OTEL_EXPORTER_OTLP_ENDPOINT"))
	}
	if endpoint == "" && c.grpc {
		endpoint = "http://localhost:4317"
	} else if endpoint == "" {
		endpoint = "http://localhost:4318"
	}
	if !strings.Contains(endpoint, "://") {
		scheme := "https://"
		if insecure {
			scheme = "http://"
		}
		endpoint = scheme + endpoint
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("OTEL_EXPORTER_OTLP_ENDPOINT=" + endpoint + ": expected http://host:port or https://host:port")
	}
	switch {
	case c.grpc && signal == "metrics":
		u.Path = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"
	case c.grpc:
		u.Path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
	case !own:
		u.Path = strings.TrimSuffix(u.Path, "/") + "/v1/" + string(signal)
	case u.Path == "":
		u.Path = "/"
	}
	c.url = u.String()
	return nil
}

func (c *Client) connect(get func(string) string) error {
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 1, ForceAttemptHTTP2: true,
		IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: defaultTimeout,
		DisableCompression: true, WriteBufferSize: writeBufferBytes,
	}
	config, err := tlsConfig(get("CERTIFICATE"), get("CLIENT_CERTIFICATE"), get("CLIENT_KEY"))
	if err != nil {
		return err
	}
	transport.TLSClientConfig = config
	if c.grpc && strings.HasPrefix(c.url, "http://") && !allowCleartextHTTP2(transport) {
		return errors.New("OTEL_EXPORTER_OTLP_PROTOCOL=grpc without TLS needs a program built with " +
			"Go 1.24 or newer; use http/protobuf")
	}
	c.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	return nil
}

func tlsConfig(roots, certificate, key string) (*tls.Config, error) {
	if roots == "" && certificate == "" {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if roots != "" {
		pem, err := os.ReadFile(roots)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("OTEL_EXPORTER_OTLP_CERTIFICATE=" + roots + ": no certificate in it")
		}
	}
	if certificate != "" {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}
