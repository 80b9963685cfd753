// SPDX-License-Identifier: Apache-2.0

//go:build measure

package profilebpf

import (
	"testing"
	"time"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
)

// TestCostOfASample prints what a sample costs; it asserts nothing, since machines differ.
func TestCostOfASample(t *testing.T) {
	stats, err := ebpf.EnableStats(unix.BPF_STATS_RUN_TIME)
	if err != nil {
		t.Fatal(err)
	}
	defer stats.Close()
	mixes := []struct {
		name  string
		modes [][2]string
	}{
		{"mix", [][2]string{{"deep", "8"}, {"deep", "18"}, {"deep", "30"}, {"frames", "5000"},
			{"syscalls", "0"}, {"signal", "0"}, {"jit_call", "0"}, {"deep", "60"}}},
		{"30 frames", [][2]string{{"deep", "26"}}},
		{"1,000 frames", [][2]string{{"deep", "996"}}},
	}
	for _, v := range []Variant{Loop, Calls} {
		for _, mix := range mixes {
			for _, hz := range []uint64{97, 997} {
				measure(t, v, mix.name, mix.modes, hz)
			}
		}
	}
}

func measure(t *testing.T, v Variant, name string, modes [][2]string, hz uint64) {
	r := newRig(t, v, config{}, Sample)
	var children []*child
	for _, mode := range modes {
		c := chainProgram(t).start(t, mode[0], mode[1])
		r.addChild(c, mapping{Start: jitPage, End: jitPage + 4096, Kind: kindFramePointers})
		r.sampleProcess(c.pid, hz)
		children = append(children, c)
	}
	time.Sleep(4 * time.Second)
	for _, c := range children {
		c.cmd.Process.Kill()
	}
	s, err := r.Program(Sample).Stats()
	if err != nil {
		t.Fatal(err)
	}
	n := r.counters()
	t.Logf("%-5s %-12s %4d Hz: %6.2f µs a sample, %5.1f frames, %d samples, cache hits %d %%",
		v, name, hz, float64(s.Runtime.Nanoseconds())/float64(s.RunCount)/1000,
		float64(n[counterUserFrames])/float64(n[0]), n[0],
		100*n[20]/max(n[20]+n[21], 1))
}
