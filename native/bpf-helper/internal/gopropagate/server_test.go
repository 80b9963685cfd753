// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
)

// receiver is a server that judges what arrives.
type receiver struct {
	mu sync.Mutex
	// Of requests from goroutines with a span: with its header, without any, with another.
	right, without, wrong int
	damaged               int
	parallel              int
	examples              []string
	headers               []string // all that came
	// From request `most` on, each waits until `gate` is closed.
	most  int
	gate  chan struct{}
	state string // wanted
	// own: the application's header is the right one.
	own bool
}

const ownTraceparent = "00-11111111111111111111111111111111-2222222222222222-01"

func (s *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.gate != nil && s.seen() >= s.most {
		<-s.gate
	}
	content, err := io.ReadAll(r.Body)
	sum := sha256.Sum256(content)
	id := r.Header.Get("X-Goid")
	if id != "0" && r.Header.Get("Tracestate") != s.state {
		s.mu.Lock()
		s.wrong++
		s.mu.Unlock()
	}
	damaged := err != nil || hex.EncodeToString(sum[:]) != r.Header.Get("X-Sum")
	s.judge(id, r.Header.Values("Traceparent"), damaged)
	fmt.Fprint(w, "ok "+id)
}

func (s *receiver) judge(id string, headers []string, damaged bool) {
	goid, _ := strconv.ParseUint(id, 10, 64)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.headers = append(s.headers, headers...)
	if damaged {
		s.damaged++
	}
	wanted := traceparentOf(goid)
	if s.own {
		wanted = ownTraceparent
	}
	switch {
	case goid == 0:
	case len(headers) == 0:
		s.without++
	case len(headers) == 1 && headers[0] == wanted:
		s.right++
	default:
		s.wrong++
		if len(s.examples) < 3 {
			s.examples = append(s.examples, fmt.Sprintf("%s: %q", id, headers))
		}
	}
}

// serve starts it on a free port and returns the address.
func serve(t *testing.T, s *receiver, network, address string) string {
	t.Helper()
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Skipf("skip: listening on %s: %v", address, err)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: s, Protocols: protocols}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return listener.Addr().String()
}

// serveTLS is serve with a certificate, for HTTP/1.1 and h2.
func serveTLS(t *testing.T, s *receiver) string {
	server := httptest.NewUnstartedServer(s)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func (s *receiver) expect(t *testing.T, right, without int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.right != right || s.without != without || s.wrong != 0 || s.damaged != 0 {
		t.Errorf("%d right, %d without, %d wrong, %d damaged; want %d and %d. %v",
			s.right, s.without, s.wrong, s.damaged, right, without, s.examples)
	}
}
