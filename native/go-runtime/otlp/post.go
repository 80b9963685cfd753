// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"otelkit.dev/go/trace"
)

// refusal is an answer that another attempt will not change, unless retry says otherwise.
type refusal struct {
	what  string
	retry bool
	after time.Duration
}

func (r *refusal) Error() string { return r.what }

var hurried atomic.Bool

// Hurry is for programs that end: who does not answer now is not waited for.
func Hurry() { hurried.Store(true) }

// Post sends one request, again where the specification allows it (OTLP, "Retryable Response
// Codes"), until ctx ends or maxAttempts are used up.
func (c *Client) Post(ctx context.Context, message []byte) error {
	body, err := c.pack(message)
	if err != nil {
		return err
	}
	wait := firstRetry
	for attempt := 1; ; attempt++ {
		err = c.once(ctx, body)
		if err == nil || attempt == maxAttempts || hurried.Load() {
			return err
		}
		pause := time.Duration((0.5 + rand.Float64()) * float64(wait))
		var r *refusal
		if errors.As(err, &r) {
			if !r.retry {
				return err
			}
			pause = max(pause, min(r.after, lastRetry))
		}
		wait = min(2*wait, lastRetry)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return err
		case <-timer.C:
		}
	}
}

// pack compresses, and frames for gRPC (a flag, then the length in 4 bytes, big-endian).
func (c *Client) pack(message []byte) ([]byte, error) {
	if c.zip == nil && !c.grpc {
		return message, nil
	}
	var out bytes.Buffer
	if c.grpc {
		out.Write(make([]byte, 5))
	}
	if c.zip == nil {
		out.Write(message)
	} else {
		c.zip.Reset(&out)
		if _, err := c.zip.Write(message); err != nil {
			return nil, err
		}
		if err := c.zip.Close(); err != nil {
			return nil, err
		}
	}
	b := out.Bytes()
	if c.grpc {
		if c.zip != nil {
			b[0] = 1
		}
		binary.BigEndian.PutUint32(b[1:5], uint32(len(b)-5))
	}
	return b, nil
}

func (c *Client) once(ctx context.Context, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	// Suppressed is outermost: the woven transport knows our own requests by it.
	request, err := http.NewRequestWithContext(trace.Suppressed{Context: ctx}, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return &refusal{what: err.Error()}
	}
	for name, values := range c.headers {
		request.Header[name] = values
	}
	request.Header.Set("User-Agent", "OTel-OTLP-Exporter-Go/otelkit")
	c.describe(request.Header)
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, maxReplyBytes))
	response.Body.Close()
	if err != nil {
		return err
	}
	if c.grpc && response.StatusCode == http.StatusOK {
		return grpcStatus(response)
	}
	return httpStatus(response)
}

func (c *Client) describe(h http.Header) {
	if c.grpc {
		h.Set("Content-Type", "application/grpc")
		h.Set("TE", "trailers")
		if c.zip != nil {
			h.Set("Grpc-Encoding", "gzip")
		}
		return
	}
	h.Set("Content-Type", "application/x-protobuf")
	if c.zip != nil {
		h.Set("Content-Encoding", "gzip")
	}
}

func httpStatus(r *http.Response) error {
	switch r.StatusCode {
	case http.StatusOK, http.StatusAccepted, http.StatusNoContent:
		return nil
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		after, _ := strconv.Atoi(r.Header.Get("Retry-After"))
		return &refusal{what: r.Status, retry: true, after: time.Duration(after) * time.Second}
	}
	return &refusal{what: r.Status}
}

// grpcStatus reads the trailer; an answer without a body has it among its headers.
func grpcStatus(r *http.Response) error {
	status := r.Trailer.Get("Grpc-Status")
	if status == "" {
		status = r.Header.Get("Grpc-Status")
	}
	switch status {
	case "0":
		return nil
	case "1", "4", "8", "10", "11", "14", "15": // OTLP/gRPC, "Failures"
		return &refusal{what: "gRPC status " + status, retry: true}
	}
	return &refusal{what: fmt.Sprintf("gRPC status %q %s", status, r.Trailer.Get("Grpc-Message"))}
}
