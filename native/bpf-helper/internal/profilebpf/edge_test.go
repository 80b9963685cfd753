// SPDX-License-Identifier: Apache-2.0
package profilebpf

import (
	"strings"
	"testing"
)

// Indexes of counters, which are also how stacks end.
const (
	counterFiltered         = 4
	counterRawCopies        = 5
	counterTruncatedDepth   = 7
	counterNoMapping        = 8
	counterNoUnwindInfo     = 9
	counterUserFrames       = 18
	counterRawCopiesLimited = 26
)

const jitPage = 0x7e0000000000

// sampled starts a program that is sampled, known by its own mappings and by those of `more`.
func sampled(t *testing.T, v Variant, c config, more []mapping, args ...string) (*rig, *child) {
	r := newRig(t, v, c, Sample)
	child := chainProgram(t).start(t, args...)
	r.addChild(child, more...)
	r.sampleProcess(child.pid, 997)
	return r, child
}

// until returns the first record that fits; programs are there after a few samples.
func (r *rig) until(what string, fits func(*record) bool) *record {
	r.t.Helper()
	var last *record
	for range 200 {
		if last = r.next(); fits(last) {
			return last
		}
	}
	r.t.Fatalf("%s: not seen; last: %+v user %x; counters %v", what, last.Header, last.user, r.counters())
	return nil
}

func TestSystemCallsKeepTheirCallers(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		r, c := sampled(t, v, config{}, nil, "syscalls", "0")
		rec := r.until("a sample in the kernel", func(rec *record) bool {
			return len(rec.kernel) > 0 && rec.Header.Flags == 0
		})
		for _, address := range rec.kernel {
			if address>>48 != 0xffff {
				t.Errorf("kernel frame %#x", address)
			}
		}
		if got := c.chain(rec); got != "syscall call_kernel run main _start" || rec.Header.End != complete {
			t.Errorf("ended by %d: %s", rec.Header.End, got)
		}
		r.configure(config{Flags: noKernelStacks})
		r.until("a system call without its kernel stack", func(rec *record) bool {
			return len(rec.kernel) == 0 && rec.Header.Flags == 0 && rec.Header.End == complete
		})
	})
}

func TestDepthIsTruncatedWithAMark(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		r, c := sampled(t, v, config{MaxUserFrames: 64}, nil, "deep", "500")
		rec := r.until("64 frames", func(rec *record) bool { return c.chain(rec) == "spin deep*63" })
		if rec.Header.End != counterTruncatedDepth || r.counters()[counterTruncatedDepth] == 0 {
			t.Errorf("ended by %d, counters %v", rec.Header.End, r.counters())
		}
		r.configure(config{MaxUserFrames: 1 << 30})
		r.until("all", func(rec *record) bool {
			return c.chain(rec) == "spin deep*501 run main _start" && rec.Header.End == complete
		})
	})
}

func TestDepthHasACeiling(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		r, c := sampled(t, v, config{MaxUserFrames: 1 << 30}, nil, "deep", "5000")
		rec := r.until("1,920 frames", func(rec *record) bool { return c.chain(rec) == "spin deep*1919" })
		if rec.Header.End != counterTruncatedDepth {
			t.Errorf("ended by %d", rec.Header.End)
		}
	})
}

func TestCodeInAnonymousMemory(t *testing.T) {
	known := []mapping{{Start: jitPage, End: jitPage + 4096, Kind: kindFramePointers}}
	empty := []mapping{{Start: jitPage, End: jitPage + 4096, Kind: kindNone}}
	cases := []struct {
		name, mode, want string
		more             []mapping
	}{
		{"known, in the middle", "jit_call", "spin 0x7e0000000009 enter_jit run main _start", known},
		{"known, innermost", "jit_spin", "0x7e0000000004 enter_jit run main _start", known},
		{"in no mapping, in the middle", "jit_call", "spin 0x7e0000000009 enter_jit run main _start", nil},
		{"in no mapping, innermost", "jit_spin", "0x7e0000000004 enter_jit run main _start", nil},
		{"without information", "jit_call", "spin 0x7e0000000009 enter_jit run main _start", empty},
	}
	eachVariant(t, func(t *testing.T, v Variant) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				r, child := sampled(t, v, config{}, c.more, c.mode, "0")
				r.until(c.want, func(rec *record) bool {
					return child.chain(rec) == c.want && rec.Header.End == complete
				})
			})
		}
	})
}

func TestAnonymousCodeMayUseTheFramePointerOtherwise(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		r, c := sampled(t, v, config{}, []mapping{{Start: jitPage, End: jitPage + 4096, Kind: 2}}, "jit_other", "0")
		rec := r.until("the code", func(rec *record) bool { return rec.user[0] == jitPage+12 })
		if rec.Header.End != 12 || rec.Header.UserFrames != 1 {
			t.Errorf("ended by %d: %s", rec.Header.End, c.chain(rec))
		}
	})
}

func TestCodeWithoutARuleMayHaveAFramePointer(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		r := newRig(t, v, config{}, Sample)
		c := chainProgram(t).start(t, "frames", "5000")
		copied := &table{rows: append([]row(nil), c.table.rows...), side: c.table.side}
		copied.set(c.address("dynamic_frame"), c.address("plain_frame"), row{})
		r.addProcess(c.pid, 0, c.textMappings(t, r.addTable(copied))...)
		r.sampleProcess(c.pid, 997)
		const interrupted, guessed = 1, 2
		r.until("a chain that tables and a frame pointer made together", func(rec *record) bool {
			return rec.Header.End == complete && rec.Header.Flags == interrupted|guessed &&
				c.chain(rec) == "spin realigned_frame big_frame dynamic_frame plain_frame run main _start"
		})
	})
}

func TestStacksWithoutInformationSaySo(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		for name, test := range map[string]struct {
			end  uint8
			hide func(*program, *table)
		}{
			"a function without a rule": {counterNoUnwindInfo, func(p *program, copied *table) {
				copied.set(p.address("deep"), p.address("realigned_frame"), row{})
			}},
			"a function whose end was lost": {complete, func(p *program, copied *table) {
				copied.set(p.address("deep"), p.address("realigned_frame"), row{kind: cfaEnd})
			}},
			"a rule of no known kind": {11, func(p *program, copied *table) {
				copied.set(p.address("deep"), p.address("realigned_frame"), row{kind: 77})
			}},
			"a frame that goes nowhere": {13, func(p *program, copied *table) {
				copied.set(p.address("deep"), p.address("realigned_frame"), row{kind: cfaSP, saved: 1 << 4})
			}},
		} {
			t.Run(name, func(t *testing.T) {
				r := newRig(t, v, config{}, Sample)
				c := chainProgram(t).start(t, "deep", "3")
				copied := &table{rows: append([]row(nil), c.table.rows...), side: c.table.side}
				test.hide(c.program, copied)
				r.addProcess(c.pid, 0, c.textMappings(t, r.addTable(copied))...)
				r.sampleProcess(c.pid, 997)
				rec := r.until("the stack cut short", func(rec *record) bool {
					return strings.HasPrefix(c.chain(rec), "spin deep")
				})
				if rec.Header.End != test.end || strings.Contains(c.chain(rec), "main") {
					t.Errorf("ended by %d, wanted %d: %s", rec.Header.End, test.end, c.chain(rec))
				}
			})
		}
	})
}

func TestOtherProcessesAreFiltered(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		r := newRig(t, v, config{Flags: onlyListed}, Sample)
		unknown, excluded, listed := chainProgram(t).start(t, "deep", "1"),
			chainProgram(t).start(t, "deep", "2"), chainProgram(t).start(t, "deep", "3")
		r.addProcess(excluded.pid, 1)
		r.addChild(listed)
		for _, c := range []*child{unknown, excluded, listed} {
			r.sampleProcess(c.pid, 997)
		}
		for range 20 {
			if rec := r.next(); rec.Header.TGID != listed.pid {
				t.Fatalf("a record of another process: %+v", rec.Header)
			}
		}
	})
}
