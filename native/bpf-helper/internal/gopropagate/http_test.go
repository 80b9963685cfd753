// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"strconv"
	"testing"
)

const (
	workers  = 4
	requests = 50
)

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

func TestHeadersAtSendTime(t *testing.T) {
	cases := map[string][]string{
		"GET":                        {},
		"a body":                     {"-body", "1000"},
		"big bodies":                 {"-body", "200000"},
		"chunks":                     {"-body", "30000", "-chunked", "-vary"},
		"sendfile":                   {"-body", "300000", "-file"},
		"a long header":              {"-header", "12000"},
		"connections for each":       {"-close"},
		"100-continue":               {"-expect", "-body", "2000"},
		"connections that are there": {"-warm"},
		"HTTP/2":                     {"-h2"},
		"HTTP/2, a body":             {"-h2", "-body", "100000"},
	}
	for name, arguments := range cases {
		t.Run(name, func(t *testing.T) {
			r, s := newRig(t, SendTime), &receiver{}
			address := serve(t, s, "tcp", "127.0.0.1:0")
			r.exchange("http://"+address+"/", 0, arguments...)
			s.expect(t, workers*requests, 0)
		})
	}
}
