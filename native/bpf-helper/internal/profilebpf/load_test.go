// SPDX-License-Identifier: Apache-2.0
package profilebpf

import (
	"errors"
	"os"
	"testing"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/features"
)

var allPrograms = []string{Sample, SchedSwitch, ProbeUprobe, ProbeTracepoint}

// skipMissing skips the test where the kernel cannot load a variant.
func skipMissing(t testing.TB, v Variant) {
	t.Helper()
	if v == Loop && errors.Is(features.HaveProgramHelper(ebpf.PerfEvent, asm.FnLoop), ebpf.ErrNotSupported) {
		t.Skip("skip: this kernel has no bpf_loop (Linux 5.17)")
	}
}

// load loads a variant, or skips the test where this kernel or user may not.
func load(t testing.TB, o Options) *Loaded {
	t.Helper()
	for _, v := range o.Variants {
		skipMissing(t, v)
	}
	l, err := Load(o)
	var ve *ebpf.VerifierError
	if errors.As(err, &ve) {
		t.Fatalf("%+v", ve)
	}
	if errors.Is(err, os.ErrPermission) {
		t.Skipf("skip: BPF is not permitted here: %v; run as root with CAP_BPF and CAP_PERFMON", err)
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
