// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"strings"
	"testing"

	"otelkit/bpf-helper/internal/gotrace"
)

// Every probe of either way has its place and its offsets in programs as they are compiled today;
// no rights are needed to see that.
func TestPlacesAreFound(t *testing.T) {
	wanted := map[string][]string{
		// The home of HTTP/2 depends on the version of Go.
		"client": {"HTTP/1.1", "HTTP/2"}, "grpc": {"gRPC"},
	}
	for name, names := range wanted {
		target := describe(t, program(t, name, ""))
		code, err := gotrace.OpenCode(target.Path, target.Functions)
		if err != nil {
			t.Fatal(err)
		}
		defer code.Close()
		for _, way := range []Mechanism{SendTime, WriteBuffer} {
			found := map[string]bool{}
			for i := range libraries {
				l := &libraries[i]
				if !l.present(code, way) {
					continue
				}
				name, _, _ := strings.Cut(l.name, " ")
				found[name] = true
				if _, missing := l.layout(target.Offsets); missing != "" {
					t.Errorf("%s: no offset of %s", l.name, missing)
				}
				for _, probe := range append(append([]probe{}, l.links...), l.probes[way]...) {
					if _, _, err := probe.place(code); err != nil {
						t.Errorf("%s, %s: %v", l.name, probe.program, err)
					}
				}
			}
			for _, library := range names {
				if !found[library] {
					t.Errorf("%s has no %s by %s", name, library, way)
				}
			}
		}
	}
}

func TestWhatDoesNotFitIsToldWithItsReason(t *testing.T) {
	r := newRig(t, SendTime)
	target := describe(t, program(t, "client", ""))
	offsets := map[string]uint16{}
	for name, offset := range target.Offsets {
		if name != "bufio.Writer.n" {
			offsets[name] = offset
		}
	}
	target.Offsets = offsets
	a, problems, err := r.Attach(target)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if len(a.Libraries) != 0 || len(problems) == 0 || problems[0].Field != "bufio.Writer.n" {
		t.Errorf("%v, %+v", a.Libraries, problems)
	}
}
