// SPDX-License-Identifier: Apache-2.0
package profilebpf

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cilium/ebpf/link"
)

const (
	counterSwitches        = 22
	counterSwitchesSampled = 23
	taskInterruptible      = 1
)

func (r *rig) attachSwitch() {
	r.t.Helper()
	l, err := link.AttachRawTracepoint(link.RawTracepointOptions{
		Name: "sched_switch", Program: r.Program(SchedSwitch),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { l.Close() })
}

func TestOffCPUStacksAndTimes(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		r := newRig(t, v, config{Flags: onlyListed, OffCPUProbability: 1<<32 - 1}, SchedSwitch)
		c := chainProgram(t).start(t, "nap", "0")
		r.addChild(c)
		r.attachSwitch()
		var gone *record
		naps := 0
		for records := 0; naps < 5; records++ {
			if records > 1000 {
				t.Fatalf("no naps among %d records", records)
			}
			rec := r.next()
			h := rec.Header
			if h.TGID != c.pid || h.TID != c.pid || string(h.Comm[:6]) != "chain\x00" {
				t.Fatalf("a record of another thread: %+v", h)
			}
			switch h.Kind {
			case 2:
				gone = rec
			case 3:
				if gone == nil {
					continue // it slept when the program was attached
				}
				if h.Value != h.TimeNs-gone.Header.TimeNs {
					t.Errorf("%d ns off CPU, between records %d", h.Value, h.TimeNs-gone.Header.TimeNs)
				}
				// Preempted at any place, a task has not gone to sleep.
				if gone.Header.StateReason&taskInterruptible != 0 {
					naps++
					checkNap(t, c, gone, h.Value)
				}
			default:
				t.Fatalf("kind %d", h.Kind)
			}
		}
	})
}

func checkNap(t *testing.T, c *child, gone *record, ns uint64) {
	t.Helper()
	if got := c.chain(gone); got != "syscall nap run main _start" || gone.Header.End != complete {
		t.Errorf("ended by %d: %s", gone.Header.End, got)
	}
	if len(gone.kernel) == 0 || gone.Header.Flags != 0 {
		t.Errorf("no kernel stack, or not in a system call: %+v", gone.Header)
	}
	// Linux 5.10 has one more frame of the profiler's own.
	name := kernelSymbol(t, gone.kernel[0])
	if name != "" && !strings.Contains(name, "schedule") && !strings.HasPrefix(name, "bpf_trace_run") {
		t.Errorf("the innermost kernel frame is %s", name)
	}
	// Not 2 ms: a part of the nap may pass while the task is preempted on its way to sleep.
	if ns == 0 {
		t.Error("a nap took no time")
	}
}

// kernelSymbol returns the function of the kernel at an address; "" where addresses are hidden.
func kernelSymbol(t *testing.T, address uint64) string {
	t.Helper()
	text, err := os.ReadFile("/proc/kallsyms")
	if err != nil {
		return ""
	}
	best, name := uint64(0), ""
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if at, err := strconv.ParseUint(words[0], 16, 64); err == nil && at > best && at <= address {
			best, name = at, words[2]
		}
	}
	return name
}

func TestOffCPUProbability(t *testing.T) {
	r := newRig(t, Loop, config{Flags: onlyListed}, SchedSwitch)
	c := chainProgram(t).start(t, "nap", "0")
	r.addChild(c)
	r.attachSwitch()
	for r.counters()[counterSwitches] < 500 {
		if n := r.counters()[counterSwitchesSampled]; n != 0 {
			t.Fatalf("%d taken with probability 0", n)
		}
		time.Sleep(time.Millisecond)
	}
	r.configure(config{Flags: onlyListed, OffCPUProbability: 1 << 31})
	for r.counters()[counterSwitchesSampled] == 0 {
		r.next()
	}
	n := r.counters()
	if n[counterSwitchesSampled] >= n[counterSwitches] {
		t.Errorf("%d of %d", n[counterSwitchesSampled], n[counterSwitches])
	}
}
