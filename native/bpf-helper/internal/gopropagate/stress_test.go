// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// serveNarrow is serve with small buffers, so that senders wait for room again and again.
func serveNarrow(t *testing.T, s *receiver) string {
	t.Helper()
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) {
			_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096)
		})
	}}
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: s, Protocols: protocols}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return listener.Addr().String()
}

// judged checks that whatever happened, nothing was damaged: a header is right or is not there.
func (s *receiver) judged(t *testing.T, total int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wrong != 0 || s.damaged != 0 || s.right+s.without != total {
		t.Errorf("%d right, %d without, %d wrong, %d damaged of %d: %v",
			s.right, s.without, s.wrong, s.damaged, total, s.examples)
	}
	t.Logf("%d right, %d without", s.right, s.without)
}

// Bytes stay what they are where a connection has no room: then nothing is added.
func TestNothingIsDamagedUnderPressure(t *testing.T) {
	perWorker := fromEnvironment("OTELKIT_PROPAGATE_STRESS", 10)
	buffers := map[string][]string{
		"smallest send buffer":  {"-sndbuf", "1"},
		"send buffer of 20 KB":  {"-sndbuf", "10000"},
		"TCP_NOTSENT_LOWAT 1":   {"-lowat", "1"},
		"TCP_NOTSENT_LOWAT 200": {"-lowat", "200"},
		"small segments":        {"-mss", "100", "-sndbuf", "10000"},
		"all of it":             {"-mss", "300", "-sndbuf", "8000", "-lowat", "500"},
	}
	kinds := map[string][]string{
		"HTTP": {"-body", "60000", "-header", "3000", "-vary"},
		"GET":  {"-header", "9000", "-vary"},
		"h2":   {"-h2", "-body", "60000", "-header", "3000", "-vary"},
		"file": {"-file", "-body", "100000", "-vary"},
	}
	for buffer, first := range buffers {
		for kind, second := range kinds {
			t.Run(buffer+" "+kind, func(t *testing.T) {
				t.Parallel()
				r, s := newRig(t, SendTime), &receiver{}
				path := program(t, "client", "")
				arguments := []string{"-url", "http://" + serveNarrow(t, s), "-workers", "8",
					"-requests", strconv.Itoa(perWorker)}
				arguments = append(append(arguments, first...), second...)
				c := r.start(path, kindHTTPClient, 0, arguments...)
				r.attach(path, c.Process.Pid)
				c.run()
				s.judged(t, 8*perWorker)
				counters := r.Counters()
				t.Logf("no room %d, split %d, missed %d, injected %d", counters["noRoom"],
					counters["split"], counters["missed"], counters["injectedHttp1"]+counters["injectedH2"])
				if injected := int(counters["injectedHttp1"] + counters["injectedH2"]); injected != s.right {
					t.Errorf("%d were added, %d came", injected, s.right)
				}
			})
		}
	}
}

// The end comes in the middle of what programs send, and they do not notice.
func TestTheEndInMidRun(t *testing.T) {
	for _, version := range []string{"-body=20000", "-h2"} {
		t.Run(version, func(t *testing.T) {
			// Most are sent while it ends; the last only after that, however quick they are.
			s := &receiver{most: 1600, gate: make(chan struct{})}
			r := newRig(t, SendTime)
			path := program(t, "client", "")
			const perWorker = 300
			c := r.start(path, kindHTTPClient, 0, "-url", "http://"+serve(t, s, "tcp", "127.0.0.1:0"),
				"-workers", "8", "-requests", fmt.Sprint(perWorker), version)
			a := r.attach(path, c.Process.Pid)
			c.begin()
			for s.seen() < 100 {
				time.Sleep(time.Millisecond)
			}
			// As when the process is killed: descriptors are closed, in no certain order.
			r.Propagator.Close()
			a.Close()
			close(s.gate)
			c.finish()
			s.judged(t, 8*perWorker)
			if s.right == 0 || s.without == 0 {
				t.Errorf("%d with and %d without a header: it did not end in the middle", s.right, s.without)
			}
		})
	}
}

func (s *receiver) seen() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.right + s.without
}
