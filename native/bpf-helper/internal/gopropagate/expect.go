// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"errors"
	"fmt"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/features"
)

// tryWriteUser loads a program that calls bpf_probe_write_user: the kernel's answer decides, not
// its version and not the file that tells of lockdown.
func tryWriteUser() error {
	program, err := ebpf.NewProgram(&ebpf.ProgramSpec{
		Type: ebpf.Kprobe, License: "GPL",
		Instructions: asm.Instructions{
			asm.Mov.Imm(asm.R1, 0),
			asm.StoreMem(asm.RFP, -8, asm.R1, asm.DWord),
			asm.Mov.Reg(asm.R2, asm.RFP),
			asm.Add.Imm(asm.R2, -8),
			asm.Mov.Imm(asm.R3, 8),
			asm.FnProbeWriteUser.Call(),
			asm.Mov.Imm(asm.R0, 0),
			asm.Return(),
		},
	})
	if err != nil {
		return fmt.Errorf("bpf_probe_write_user: %w", err)
	}
	return program.Close()
}

// trySendTime asks for the kinds of programs and the functions that the way at send time needs.
func trySendTime() error {
	return errors.Join(
		features.HaveProgramType(ebpf.SockOps),
		features.HaveProgramHelper(ebpf.SkMsg, asm.FnMsgPushData),
		features.HaveProgramHelper(ebpf.SkMsg, asm.FnLoop),
		features.HaveProgramHelper(ebpf.SkMsg, asm.FnProbeReadKernel),
	)
}

// Expect tells in milliseconds which way Open will take, and of the others why not.
func Expect() (Mechanism, map[Mechanism]string) {
	why := map[Mechanism]string{}
	for _, way := range []Mechanism{WriteBuffer, SendTime} {
		try := tryWriteUser
		if way == SendTime {
			try = trySendTime
		}
		err := features.HaveProgramHelper(ebpf.Kprobe, asm.FnGetAttachCookie)
		if err == nil {
			err = try()
		}
		if err == nil {
			return way, why
		}
		why[way] = err.Error()
	}
	return None, why
}
