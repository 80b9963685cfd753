// SPDX-License-Identifier: Apache-2.0
package profilebpf

import (
	"testing"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/btf"
)

const counterTailCallFailed = 17

// An interpreter's unwinder that knows no frames: it sends each one back to the native unwinder.
func (r *rig) unwinderThatDeclines() *ebpf.Program {
	r.t.Helper()
	spec, err := Spec(r.Variant)
	if err != nil {
		r.t.Fatal(err)
	}
	var scratch *btf.Struct
	if err := spec.Types.TypeByName("scratch", &scratch); err != nil {
		r.t.Fatal(err)
	}
	nativeOnce := int16(-1)
	for _, m := range scratch.Members {
		if m.Name == "native_once" {
			nativeOnce = int16(m.Offset.Bytes())
		}
	}
	p, err := ebpf.NewProgram(&ebpf.ProgramSpec{
		Type: ebpf.PerfEvent, License: "GPL", Instructions: asm.Instructions{
			asm.Mov.Reg(asm.R6, asm.R1),
			asm.FnGetSmpProcessorId.Call(),
			asm.StoreMem(asm.RFP, -4, asm.R0, asm.Word),
			asm.LoadMapPtr(asm.R1, r.Map("scratch_sample").FD()),
			asm.Mov.Reg(asm.R2, asm.RFP),
			asm.Add.Imm(asm.R2, -4),
			asm.FnMapLookupElem.Call(),
			asm.JEq.Imm(asm.R0, 0, "out"),
			asm.StoreImm(asm.R0, nativeOnce, 1, asm.Byte),
			asm.Mov.Reg(asm.R1, asm.R6),
			asm.LoadMapPtr(asm.R2, r.Map("progs_sample").FD()),
			asm.Mov.Imm(asm.R3, 0),
			asm.FnTailCall.Call(),
			asm.Mov.Imm(asm.R0, 0).WithSymbol("out"),
			asm.Return(),
		},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { p.Close() })
	return p
}

func TestInterpretersTakeTheirTurn(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		r := newRigOf(t, Options{Variants: []Variant{v}, Interpreters: true}, config{})
		c := chainProgram(t).start(t, "deep", "5")
		mappings := c.textMappings(t, r.addTable(c.table))
		for i := range mappings {
			mappings[i].Unwinder = 3
		}
		r.addProcess(c.pid, 0, mappings...)
		r.sampleProcess(c.pid, 997)
		const chain = "spin deep*6 run main _start"
		whole := func(rec *record) bool { return c.chain(rec) == chain && rec.Header.End == complete }

		r.until("the whole chain, where no such unwinder is loaded", whole)
		r.configure(config{Unwinders: 1 << 3})
		r.until("a mark, where it is missing", func(rec *record) bool {
			return rec.Header.End == counterTailCallFailed && rec.Header.UserFrames == 0
		})
		r.put("progs_sample", uint32(3), r.unwinderThatDeclines())
		r.until("the whole chain by many turns", whole)
	})
}
