// SPDX-License-Identifier: Apache-2.0
package profilebpf

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// chain names the frames of a record, innermost first, `deep*3` for three in a row. What main's caller
// in glibc is called differs between its versions; _start is always the last.
func (p *program) chain(rec *record) string {
	var names []string
	for _, frame := range rec.user {
		names = append(names, p.name(frame&(1<<48-1)))
	}
	main := slices.Index(names, "main")
	if main >= 0 && names[len(names)-1] == "_start" {
		names = append(names[:main+1], "_start")
	}
	var folded []string
	for i := 0; i < len(names); {
		n := 1
		for i+n < len(names) && names[i+n] == names[i] {
			n++
		}
		if n == 1 {
			folded = append(folded, names[i])
		} else {
			folded = append(folded, fmt.Sprintf("%s*%d", names[i], n))
		}
		i += n
	}
	return strings.Join(folded, " ")
}

const complete = 1

// Each case is sampled in both variants; every single chain has to be right.
var chains = []struct {
	name, mode string
	n          int
	want       string
}{
	{"no frame below main", "deep", 0, "spin deep run main _start"},
	{"10 frames", "deep", 10, "spin deep*11 run main _start"},
	{"100 frames", "deep", 100, "spin deep*101 run main _start"},
	{"1,000 frames", "deep", 1000, "spin deep*1001 run main _start"},
	{"each kind of compiled frame", "frames", 5000,
		"spin realigned_frame big_frame dynamic_frame plain_frame run main _start"},
	{"a signal handler", "signal", 0, "spin on_signal __restore_rt send_signal run main _start"},
	{"a signal handler on another stack", "altsignal", 0,
		"spin on_signal __restore_rt send_signal on_other_stack run main _start"},
	{"an entry of a PLT", "stub_plt", 0, "stub_plt run main _start"},
	{"CFA in memory at SP", "stub_deref_sp", 0, "stub_deref_sp run main _start"},
	{"CFA in memory at FP", "stub_deref_fp", 0, "stub_deref_fp run main _start"},
	{"CFA in another register", "stub_register", 0, "stub_register run main _start"},
	{"return address in a register", "stub_return_register", 0, "stub_return_register run main _start"},
}

func eachVariant(t *testing.T, test func(t *testing.T, v Variant)) {
	for _, v := range []Variant{Loop, Calls} {
		t.Run(string(v), func(t *testing.T) { test(t, v) })
	}
}

func TestOnCPUChainsAreExact(t *testing.T) {
	p := chainProgram(t)
	eachVariant(t, func(t *testing.T, v Variant) {
		for _, c := range chains {
			t.Run(c.name, func(t *testing.T) {
				r := newRig(t, v, config{}, Sample)
				child := p.start(t, c.mode, fmt.Sprint(c.n))
				r.addChild(child)
				r.sampleProcess(child.pid, 997)
				r.expectChains(child, 10, c.want)
			})
		}
	})
}

// expectChains looks at samples until `samples` of them were at the wanted place. Before it, the
// program is on its way there: those chains are only not looked at until the first right one.
func (r *rig) expectChains(c *child, samples int, want string) {
	r.t.Helper()
	early := 0
	for there := 0; there < samples; {
		rec := r.next()
		got := c.chain(rec)
		if rec.Header.TGID != c.pid || rec.Header.Kind != 1 || rec.Header.Value != 1 {
			r.t.Fatalf("header: %+v", rec.Header)
		}
		if got == want && rec.Header.End == complete {
			there++
			continue
		}
		// Counted in CPU time, a program is there at once.
		early++
		if there > 0 || early > 5 || !onTheWay(got, rec) {
			r.t.Fatalf("ended by %d: %s\nwanted %s\nraw %x", rec.Header.End, got, want, rec.user)
		}
	}
}

// onTheWay tells whether a chain is that of a program that has not come to its place yet.
func onTheWay(chain string, rec *record) bool {
	return rec.Header.End == complete && !strings.HasPrefix(chain, "spin ") &&
		strings.HasSuffix(chain, " main _start")
}
