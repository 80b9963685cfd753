// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/cilium/ebpf"
)

func TestEveryFieldOfTheObjectHasAName(t *testing.T) {
	_, l, err := spec()
	if err != nil {
		t.Fatal(err)
	}
	for enumerator := range l.fields {
		if enumerator != "GO_FIELDS" && fieldNames[enumerator] == nil {
			t.Errorf("%s has no name", enumerator)
		}
	}
	for enumerator := range fieldNames {
		if _, there := l.fields[enumerator]; !there {
			t.Errorf("%s is not in the object", enumerator)
		}
	}
}

func TestTheProgramsLoad(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("skip: loads BPF programs, run as root")
	}
	begun := time.Now()
	p, err := load(0, nil, 0, maxCaptured)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for name := range p.spec.Programs {
		p.begin(name)
	}
	for name := range p.spec.Programs {
		program, err := p.program(name)
		if err != nil {
			var v *ebpf.VerifierError
			if errors.As(err, &v) {
				t.Logf("%+v", v)
			}
			t.Fatal(err)
		}
		info, err := program.Info()
		if err != nil {
			t.Fatal(err)
		}
		n, _ := info.VerifiedInstructions()
		t.Logf("%s: %d instructions verified", name, n)
	}
	t.Logf("multi %v, cookies %v, %v", p.multi, p.cookies, time.Since(begun))
}
