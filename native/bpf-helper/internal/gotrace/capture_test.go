// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// textHeaders is the number of the first captured header's text.
const textHeaders = 32

func TestHeadersThatAreAskedFor(t *testing.T) {
	r := newRig(t, Settings{Captures: &Captures{
		Server: []string{"X-Request-Id", "accept-LANGUAGE", "traceparent"}, Client: []string{"traceparent"},
	}})
	r.attach(build(t, "web"))
	addresses, _ := run(t, build(t, "web"), 1)
	// Small maps are one group, larger ones tables of them.
	for _, more := range []int{0, 30} {
		r.spans = nil
		long := strings.Repeat("z", 300)
		header := []string{"X-Request-ID", "17", "Accept-Language", "de", "Accept-Language", long, "X-Request", "no"}
		for i := range more {
			header = append(header, "X-More-"+strconv.Itoa(i), "x")
		}
		get(t, addresses[0], "/call", header...)
		spans := r.wait(3)
		front := one(t, spans, httpServer, textPath, "/call")
		if front.texts[textHeaders] != "17" || front.texts[textHeaders+1] != long[:256] ||
			front.full[textHeaders+1] != 300 || front.texts[textHeaders+2] != "" {
			t.Errorf("%+v", front)
		}
		if !slices.Equal(front.languages, []string{"de", long[:256]}) {
			t.Errorf("%q", front.languages)
		}
	}
}

func TestNamesOfHeadersAreChecked(t *testing.T) {
	for _, names := range [][]string{{""}, {strings.Repeat("x", 49)}, strings.Split(strings.Repeat("x,", 17), ",")} {
		if _, _, err := (&Captures{Server: names}).sides(); err == nil {
			t.Errorf("%q is taken", names)
		}
	}
}
