// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"strconv"
	"strings"
	"testing"
)

const workers = 4

// A guest under qemu is some fifty times slower.
var requests = fromEnvironment("OTELKIT_PROPAGATE_REQUESTS", 25)

// one run of the client against a receiver of this process.
func (r *rig) exchange(url string, flags byte, arguments ...string) map[string]int {
	r.t.Helper()
	path := program(r.t, "client", "")
	arguments = append([]string{"-url", url, "-workers", strconv.Itoa(workers), "-requests",
		strconv.Itoa(requests)}, arguments...)
	c := r.start(path, kindHTTPClient, flags, arguments...)
	r.attach(path, c.Process.Pid)
	said := c.run()
	r.t.Logf("counters %v, %v", r.Counters(), said)
	return said
}

// Requests that get a header whichever way it is written.
var cases = map[string][]string{
	"GET":                        {},
	"a body":                     {"-body", "1000"},
	"big bodies":                 {"-body", "200000"},
	"chunks":                     {"-body", "30000", "-chunked", "-vary"},
	"sendfile":                   {"-body", "300000", "-file"},
	"a long header":              {"-header", "12000"},
	"connections for each":       {"-close"},
	"100-continue":               {"-expect", "-body", "2000"},
	"connections that are there": {"-warm"},
	"HTTP2":                      {"-h2"},
	"HTTP2 and a body":           {"-h2", "-body", "100000"},
}

func testHeaders(t *testing.T, way Mechanism) {
	for name, arguments := range cases {
		t.Run(name, func(t *testing.T) {
			r, s := newRig(t, way), &receiver{}
			address := serve(t, s, "tcp", "127.0.0.1:0")
			r.exchange("http://"+address+"/", 0, arguments...)
			s.expect(t, workers*requests, 0)
		})
	}
}

func TestHeadersAtSendTime(t *testing.T) { testHeaders(t, SendTime) }

// Where bpf_probe_write_user is refused this is skipped; test/guests.mjs has kernels that allow it.
func TestHeadersInBuffers(t *testing.T) { testHeaders(t, WriteBuffer) }

// Over TLS the program's buffer still holds plain text.
func TestHeadersInBuffersUnderTLS(t *testing.T) {
	for _, arguments := range [][]string{{}, {"-h2tls"}} {
		r, s := newRig(t, WriteBuffer), &receiver{}
		r.exchange("https://"+serveTLS(t, s)+"/", 0, arguments...)
		s.expect(t, workers*requests, 0)
	}
}

// At send time bytes are those of TLS: nothing is added, and nothing is damaged.
func TestTLSIsLeftAloneAtSendTime(t *testing.T) {
	for _, arguments := range [][]string{{"-body", "50000"}, {"-h2tls", "-body", "50000"}} {
		r, s := newRig(t, SendTime), &receiver{}
		r.exchange("https://"+serveTLS(t, s)+"/", 0, arguments...)
		s.expect(t, 0, workers*requests)
		if n := r.Counters()["notASocket"]; int(n) != workers*requests {
			t.Errorf("%d requests were counted as not over plain TCP", n)
		}
	}
}

func TestUnixSocketsAreLeftAloneAtSendTime(t *testing.T) {
	r, s := newRig(t, SendTime), &receiver{}
	path := serve(t, s, "unix", t.TempDir()+"/socket")
	r.exchange("http://socket/", 0, "-unix", path, "-body", "50000")
	s.expect(t, 0, workers*requests)
}

func TestHeadersOverIPv6(t *testing.T) {
	r, s := newRig(t, SendTime), &receiver{}
	r.exchange("http://"+serve(t, s, "tcp", "[::1]:0")+"/", 0)
	s.expect(t, workers*requests, 0)
}

// An application's own header stays, and stays alone: seen in the bytes (HTTP/1.1), told by the
// span's flag (h2, whose headers are compressed, and buffers that are still to be filled).
func TestTheApplicationsOwnHeaderStays(t *testing.T) {
	for _, way := range []Mechanism{SendTime, WriteBuffer} {
		for name, arguments := range map[string][]string{
			"HTTP": {"-own"}, "behind a long one": {"-own", "-header", "9000"}, "HTTP2": {"-own", "-h2"},
		} {
			t.Run(string(way)+" "+name, func(t *testing.T) {
				r, s := newRig(t, way), &receiver{own: true}
				flags := byte(ownHeader)
				if way == SendTime && name != "HTTP2" {
					flags = 0
				}
				r.exchange("http://"+serve(t, s, "tcp", "127.0.0.1:0")+"/", flags, arguments...)
				s.expect(t, workers*requests, 0)
			})
		}
	}
}

// The state that a trace came with goes along, whatever its length.
func testStates(t *testing.T, way Mechanism) {
	for _, bytes := range []int{1, 126, 127, 512} {
		for _, version := range []string{"", "-h2"} {
			r, s := newRig(t, way), &receiver{state: strings.Repeat("v", bytes)}
			path := program(t, "client", "")
			arguments := []string{"-url", "http://" + serve(t, s, "tcp", "127.0.0.1:0"), "-requests", "4"}
			if version != "" {
				arguments = append(arguments, version)
			}
			c := r.start(path, kindHTTPClient, 0, arguments...)
			r.state(c.goids[0], s.state)
			r.attach(path, c.Process.Pid)
			c.run()
			s.expect(t, 4, 0)
		}
	}
}

func TestStatesAtSendTime(t *testing.T) { testStates(t, SendTime) }
func TestStatesInBuffers(t *testing.T)  { testStates(t, WriteBuffer) }

// Another process of the same file, which is not wanted, gets nothing.
func TestOtherProcessesGetNothing(t *testing.T) {
	r, s := newRig(t, SendTime), &receiver{}
	path := program(t, "client", "")
	arguments := []string{"-url", "http://" + serve(t, s, "tcp", "127.0.0.1:0"), "-requests", "20"}
	wanted := r.start(path, kindHTTPClient, 0, arguments...)
	other := r.start(path, kindHTTPClient, 0, arguments...)
	r.attach(path, wanted.Process.Pid)
	other.run()
	s.expect(t, 0, 20)
	wanted.run()
	s.expect(t, 20, 20)
}

// Without a list every process that runs the file is wanted, also one that starts later.
func TestEveryProcessOfAFile(t *testing.T) {
	r, s := newRig(t, SendTime), &receiver{}
	path := program(t, "client", "")
	arguments := []string{"-url", "http://" + serve(t, s, "tcp", "127.0.0.1:0"), "-requests", "20"}
	early := r.start(path, kindHTTPClient, 0, append(arguments, "-warm")...)
	target := describe(t, path)
	target.EveryProcess = true
	a, problems, err := r.Attach(target)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	early.run()
	r.start(path, kindHTTPClient, 0, arguments...).run()
	s.expect(t, 40, 0)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	r.start(path, kindHTTPClient, 0, arguments...).run()
	s.expect(t, 40, 20)
}
