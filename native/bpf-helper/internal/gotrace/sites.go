// SPDX-License-Identifier: Apache-2.0

package gotrace

// Kinds of sites; the numbers are bpf/go/layouts.h's.
const (
	sitePush = iota
	siteJBE
	siteJCC
	siteCall
	siteJMP
	siteNOP
	siteRET
	siteFirst
)

var siteKinds = [...]string{"push", "jbe", "jcc", "call", "jmp", "nop", "ret", "first"}

// place is one instruction that a probe may be put at.
type place struct {
	vaddr uint64
	kind  uint8
}

const (
	// prologue is how many instructions a stack check and what saves the frame pointer may take.
	prologue = 12
	// testDistance is how far behind a call the test of its result is looked for.
	testDistance = 10
)

// entry finds the place behind the stack check: `push %rbp`, which the kernel emulates, or else the
// stack check's own jump. The first instruction is the last resort: it is run again after the stack has
// grown.
func entry(code []instruction) []place {
	check := place{}
	for k := 0; k < len(code) && k < prologue; k++ {
		switch code[k].op {
		case push:
			return []place{{code[k].vaddr, sitePush}}
		case stackCheck:
			if check.vaddr == 0 {
				check = place{code[k].vaddr, siteJBE}
			}
		case jump, call, ret, trap:
			k = prologue
		}
	}
	switch {
	case check.vaddr != 0:
		return []place{check}
	case len(code) > 0:
		return []place{{code[0].vaddr, siteFirst}}
	}
	return nil
}

// flow answers what is reached from where.
type flow struct {
	code  []instruction
	index map[uint64]int
}

func newFlow(code []instruction) *flow {
	f := &flow{code, make(map[uint64]int, len(code))}
	for k, i := range code {
		f.index[i.vaddr] = k
	}
	return f
}

// mark adds to seen what is reached from instruction k.
func (f *flow) mark(k int, seen map[int]bool) {
	work := []int{k}
	for len(work) > 0 {
		k := work[len(work)-1]
		work = work[:len(work)-1]
		for k < len(f.code) && !seen[k] {
			seen[k] = true
			i := f.code[k]
			if i.op == ret || i.op == trap {
				break
			}
			next, inside := f.index[i.target]
			if i.op == jump {
				if !inside {
					break
				}
				k = next
				continue
			}
			if inside && (i.op == jcc || i.op == stackCheck) {
				work = append(work, next)
			}
			k++
		}
	}
}

// callsTo returns the indexes of direct calls to one of the addresses.
func (f *flow) callsTo(callees map[uint64]bool) []int {
	var out []int
	for k, i := range f.code {
		if i.op == call && callees[i.target] {
			out = append(out, k)
		}
	}
	return out
}

// returns is every RET that is not in seen.
func (f *flow) returns(seen map[int]bool) []place {
	var out []place
	for k, i := range f.code {
		if i.op == ret && !seen[k] {
			out = append(out, place{i.vaddr, siteRET})
		}
	}
	return out
}

// result finds the tests of what a callee returned, and the RETs that success does not come to.
func (f *flow) result(callees map[uint64]bool) []place {
	var out []place
	seen := map[int]bool{}
	for _, at := range f.callsTo(callees) {
		for k := at + 1; k < at+testDistance && k+1 < len(f.code); k++ {
			if f.code[k].op == call || f.code[k].op == jump || f.code[k].op == jcc {
				break
			}
			if f.code[k].op != testResult || f.code[k+1].op != jcc {
				continue
			}
			test := f.code[k+1]
			success := k + 2
			if test.ifZero {
				next, inside := f.index[test.target]
				if !inside {
					break
				}
				success = next
			}
			out = append(out, place{test.vaddr, siteJCC})
			f.mark(success, seen)
			break
		}
	}
	return append(out, f.returns(seen)...)
}

// tests finds the first conditional jump behind calls.
func (f *flow) tests(callees map[uint64]bool) []place {
	var out []place
	for _, at := range f.callsTo(callees) {
		for k := at + 1; k < at+testDistance && k < len(f.code); k++ {
			if op := f.code[k].op; op == jcc {
				out = append(out, place{f.code[k].vaddr, siteJCC})
			} else if op != call && op != jump && op != ret {
				continue
			}
			break
		}
	}
	return out
}

// find applies a rule.
func find(r rule, code []instruction, callees map[uint64]bool) []place {
	f := newFlow(code)
	switch r {
	case atEntry:
		return entry(code)
	case atResult:
		return f.result(callees)
	case atTest:
		return f.tests(callees)
	case atReturns, atDeferred:
		seen := map[int]bool{}
		for _, k := range f.callsTo(callees) {
			f.mark(k+1, seen)
		}
		return f.returns(seen)
	}
	return nil
}

// emulated tells whether the kernel runs the instruction itself instead of single-stepping it.
func (p place) emulated(machine string) bool {
	if machine == "arm64" {
		return p.kind != siteFirst && p.kind != sitePush
	}
	return p.kind != siteRET && p.kind != siteFirst
}
