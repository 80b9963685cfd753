// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"golang.org/x/arch/arm64/arm64asm"
	"golang.org/x/arch/x86/x86asm"
)

// operation is what an instruction is to the choice of sites.
type operation uint8

const (
	other operation = iota
	push            // of the frame pointer
	stackCheck
	jcc
	jump
	call
	ret
	testResult // of the second result, where an `error` is
	trap
)

// instruction is a decoded one. target is that of a relative jump or call, 0 without one.
type instruction struct {
	vaddr  uint64
	size   int
	op     operation
	target uint64
	// ifZero tells of a jcc that it is taken where the tested value is zero.
	ifZero bool
}

// decoder reads one instruction; size 0 where there is none.
type decoder func(code []byte, vaddr uint64) instruction

// decode reads all of a function. Behind what cannot be decoded nothing is known to begin where an
// instruction begins: complete is false then.
func decode(code []byte, vaddr uint64, one decoder) (out []instruction, complete bool) {
	for at := 0; at < len(code); {
		i := one(code[at:], vaddr+uint64(at))
		if i.size == 0 {
			return out, false
		}
		out = append(out, i)
		at += i.size
	}
	return out, true
}

func decodeAMD64(code []byte, vaddr uint64) instruction {
	i := instruction{vaddr: vaddr}
	if i.size = vectorSize(code); i.size > 0 {
		return i
	}
	in, err := x86asm.Decode(code, 64)
	if err != nil {
		return i
	}
	i.size = in.Len
	if rel, ok := in.Args[0].(x86asm.Rel); ok {
		i.target = vaddr + uint64(in.Len) + uint64(int64(rel))
	}
	switch in.Op {
	case x86asm.PUSH:
		if in.Args[0] == x86asm.RBP {
			i.op = push
		}
	case x86asm.JBE:
		i.op = stackCheck
	case x86asm.JE, x86asm.JNE:
		i.op, i.ifZero = jcc, in.Op == x86asm.JE
	case x86asm.JA, x86asm.JAE, x86asm.JB, x86asm.JG, x86asm.JGE, x86asm.JL, x86asm.JLE, x86asm.JO,
		x86asm.JNO, x86asm.JP, x86asm.JNP, x86asm.JS, x86asm.JNS, x86asm.JCXZ, x86asm.JECXZ,
		x86asm.JRCXZ:
		i.op = jcc
	case x86asm.JMP:
		i.op = jump
	case x86asm.CALL:
		i.op = call
	case x86asm.RET:
		i.op = ret
	case x86asm.UD2:
		i.op = trap
	case x86asm.TEST:
		if in.Args[0] == x86asm.RBX && in.Args[1] == x86asm.RBX {
			i.op = testResult
		}
	}
	return i
}

// errorCapture finds where a closure holds the address of an `error`: code that loads the address from
// the closure (rdx) and both words behind it into the registers of the first argument.
func errorCapture(code []byte) (offset uint8, found bool) {
	captured, first, second := map[x86asm.Reg]int64{}, int64(-1), int64(-1)
	for at := 0; at < len(code); {
		in, err := x86asm.Decode(code[at:], 64)
		if err != nil {
			return 0, false
		}
		at += in.Len
		if in.Op == x86asm.CALL {
			break
		}
		to, isRegister := in.Args[0].(x86asm.Reg)
		from, isMemory := in.Args[1].(x86asm.Mem)
		if in.Op != x86asm.MOV || !isRegister || !isMemory || from.Index != 0 {
			continue
		}
		slot, isCaptured := captured[from.Base]
		switch {
		case isCaptured && to == x86asm.RAX && from.Disp == 0:
			first = slot
		case isCaptured && to == x86asm.RBX && from.Disp == pointerBytes:
			second = slot
		}
		delete(captured, to)
		if from.Base == x86asm.RDX && !isCaptured {
			captured[to] = from.Disp
		}
	}
	if first <= 0 || first != second || first > 0xff {
		return 0, false
	}
	return uint8(first), true
}

// vectorSize is the length of an instruction with a VEX or EVEX prefix, which x86asm does not know:
// GOAMD64=v3 code has them (ANDN, SHLX, FMA). Intel SDM volume 2, sections 2.3 and 2.7. 0 for others.
func vectorSize(code []byte) int {
	if len(code) < 8 {
		return 0
	}
	at, group := 0, byte(1)
	switch code[0] {
	case 0xc5:
		at = 2
	case 0xc4:
		at, group = 3, code[1]&0x1f
	case 0x62:
		at, group = 4, code[1]&7
	default:
		return 0
	}
	opcode := code[at]
	at++
	if group == 1 && opcode == 0x77 {
		return at // VZEROUPPER has no operands.
	}
	modrm := code[at]
	at++
	if modrm>>6 != 3 && modrm&7 == 4 {
		if modrm>>6 == 0 && code[at]&7 == 5 {
			at += 4
		}
		at++
	}
	switch {
	case modrm>>6 == 1:
		at++
	case modrm>>6 == 2, modrm>>6 == 0 && modrm&7 == 5:
		at += 4
	}
	if group == 3 || group == 1 && (opcode >= 0x70 && opcode <= 0x73 || opcode == 0xc2 ||
		opcode >= 0xc4 && opcode <= 0xc6) {
		at++
	}
	return at
}

const armSize = 4

func decodeARM64(code []byte, vaddr uint64) instruction {
	i := instruction{vaddr: vaddr}
	if len(code) < armSize {
		return i
	}
	i.size = armSize
	in, err := arm64asm.Decode(code)
	if err != nil {
		return i // Words of data and newer instructions are as long.
	}
	for _, arg := range in.Args {
		if rel, ok := arg.(arm64asm.PCRel); ok && in.Op != arm64asm.ADR && in.Op != arm64asm.ADRP {
			i.target = vaddr + uint64(int64(rel))
		}
	}
	switch in.Op {
	case arm64asm.B:
		i.op = jump
		if cond, ok := in.Args[0].(arm64asm.Cond); ok {
			i.op = jcc
			if cond.Value == 9 && !cond.Invert {
				i.op = stackCheck // b.ls
			}
		}
	case arm64asm.CBZ, arm64asm.CBNZ, arm64asm.TBZ, arm64asm.TBNZ:
		i.op, i.ifZero = jcc, in.Op == arm64asm.CBZ
	case arm64asm.BL, arm64asm.BLR:
		i.op = call
	case arm64asm.BR:
		i.op = jump
	case arm64asm.RET:
		i.op = ret
	}
	return i
}
