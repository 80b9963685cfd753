// SPDX-License-Identifier: Apache-2.0

//go:build measure

package gopropagate

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
)

// What a request costs the client: nothing attached, and with a header at send time, one after the
// other in several rounds. The least of each is told.
func TestCost(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "ok "+r.Header.Get("X-Goid"))
	}))
	defer server.Close()
	const requests = 4000
	for _, workers := range []int{1, 8} {
		least := map[string]int{}
		for range 5 {
			for _, way := range []string{"plain", "joined", "sendTime"} {
				r := newRig(t, SendTime)
				path := program(t, "client", "")
				c := r.start(path, kindHTTPClient, 0, "-url", server.URL, "-workers",
					strconv.Itoa(workers), "-requests", strconv.Itoa(requests/workers))
				switch way {
				case "joined":
					if _, err := r.AddProcess(c.Process.Pid); err != nil {
						t.Fatal(err)
					}
				case "sendTime":
					r.attach(path, c.Process.Pid)
				}
				said := c.run()
				if cpu := said["cpuUs"]; least[way] == 0 || cpu < least[way] {
					least[way] = cpu
				}
				r.Propagator.Close()
			}
		}
		each := func(way string) float64 { return float64(least[way]) / requests }
		fmt.Printf("%d workers, CPU µs a request: plain %.1f, joined %.1f, with headers %.1f\n",
			workers, each("plain"), each("joined"), each("sendTime"))
	}
}
