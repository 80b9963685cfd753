// SPDX-License-Identifier: Apache-2.0
package profilebpf

import (
	"errors"
	"os"
	"testing"

	"github.com/cilium/ebpf"
)

var allPrograms = []string{Sample, SchedSwitch, ProbeUprobe, ProbeTracepoint}

// load loads a variant, or skips the test where this kernel or user may not.
func load(t testing.TB, o Options) *Loaded {
	t.Helper()
	l, err := Load(o)
	if errors.Is(err, os.ErrPermission) {
		t.Skipf("skip: BPF is not permitted here: %v; run as root with CAP_BPF and CAP_PERFMON", err)
	}
	var ve *ebpf.VerifierError
	if errors.As(err, &ve) {
		t.Fatalf("%+v", ve)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func TestEveryVariantLoads(t *testing.T) {
	for _, v := range []Variant{Loop, Calls} {
		t.Run(string(v), func(t *testing.T) {
			l := load(t, Options{Variants: []Variant{v}, Programs: allPrograms})
			for name, p := range l.Collection.Programs {
				info, err := p.Info()
				if err != nil {
					t.Fatal(err)
				}
				n, _ := info.VerifiedInstructions()
				t.Logf("%s: %d instructions verified", name, n)
				if n > 500_000 {
					t.Errorf("%s: too close to the verifier's limit of 1,000,000", name)
				}
			}
		})
	}
}
