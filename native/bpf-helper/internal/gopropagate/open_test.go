// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"errors"
	"strings"
	"testing"

	"github.com/cilium/ebpf"
)

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		p, err := Open(Options{})
		if err != nil {
			b.Fatal(err)
		}
		p.Close()
	}
}

// A kernel that refuses a way says why; without any there is no error, and nothing happens.
func TestWhatIsRefusedIsTold(t *testing.T) {
	p, err := Open(Options{Try: []Mechanism{WriteBuffer}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if p.Mechanism() == WriteBuffer {
		t.Skip("skip: this kernel refuses nothing")
	}
	// Refused for what it calls, not for how it is written.
	var verdict *ebpf.VerifierError
	if !errors.As(p.why[WriteBuffer], &verdict) || !strings.Contains(
		strings.Join(verdict.Log, " "), "bpf_probe_write_user#36") {
		t.Errorf("why: %+v", p.why[WriteBuffer])
	}
	a, problems, err := p.Attach(Target{Path: "/nowhere"})
	if err != nil || len(problems) > 0 || len(a.Libraries) > 0 {
		t.Errorf("attached %v, %v, %v", a, problems, err)
	}
	if n, err := p.AddProcess(1); n != 0 || err != nil {
		t.Errorf("%d connections, %v", n, err)
	}
}

func TestWhatIsExpectedComes(t *testing.T) {
	way, why := Expect()
	p, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if p.Mechanism() != way {
		t.Errorf("expected %s (%v), is %s (%v)", way, why, p.Mechanism(), p.Why())
	}
}
