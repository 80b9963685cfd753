// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"errors"
	"runtime"
	"unsafe"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/perfevent"
)

const attachUprobeMulti = 48 // BPF_TRACE_UPROBE_MULTI, include/uapi/linux/bpf.h

// attachment is one or more sites of a program.
type attachment struct {
	fd     int
	probes []*perfevent.Probe
}

func (a *attachment) close() {
	if a.fd >= 0 {
		_ = unix.Close(a.fd)
	}
	for _, p := range a.probes {
		p.Close()
	}
	a.fd, a.probes = -1, nil
}

// spot is where, and what the program is told there.
type spot struct{ fileOffset, cookie uint64 }

// linkMulti is BPF_LINK_CREATE for many places of one file.
func linkMulti(program int, path string, spots []spot) (*attachment, error) {
	name, err := unix.BytePtrFromString(path)
	if err != nil {
		return nil, err
	}
	offsets, cookies := make([]uint64, len(spots)), make([]uint64, len(spots))
	for i, s := range spots {
		offsets[i], cookies[i] = s.fileOffset, s.cookie
	}
	attr := struct {
		program, target, kind, flags           uint32
		path, offsets, refCtrOffsets, cookies  uint64
		count, probeFlags, pid, alignmentBytes uint32
	}{
		program: uint32(program), kind: attachUprobeMulti, path: address(name),
		offsets: address(&offsets[0]), cookies: address(&cookies[0]), count: uint32(len(spots)),
	}
	fd, _, errno := unix.Syscall(unix.SYS_BPF, unix.BPF_LINK_CREATE,
		uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr))
	runtime.KeepAlive(name)
	runtime.KeepAlive(offsets)
	runtime.KeepAlive(cookies)
	if errno != 0 {
		return nil, errno
	}
	unix.CloseOnExec(int(fd))
	return &attachment{fd: int(fd)}, nil
}

func address[T any](p *T) uint64 { return uint64(uintptr(unsafe.Pointer(p))) }

// haveMulti tries it: a kernel that has it looks for the file, others do not know the kind.
func haveMulti() bool {
	program, err := ebpf.NewProgram(&ebpf.ProgramSpec{
		Type: ebpf.Kprobe, AttachType: ebpf.AttachTraceUprobeMulti, License: "GPL",
		Instructions: asm.Instructions{asm.Mov.Imm(asm.R0, 0), asm.Return()},
	})
	if err != nil {
		return false
	}
	defer program.Close()
	_, err = linkMulti(program.FD(), "/nonexistent/otel", []spot{{}})
	return errors.Is(err, unix.ENOENT)
}

// attach puts a program at places of a file.
func (p *programs) attach(name, path string, spots []spot) (*attachment, error) {
	program, err := p.program(name)
	if err != nil {
		return nil, err
	}
	if p.multi {
		return linkMulti(program.FD(), path, spots)
	}
	a := &attachment{fd: -1}
	for _, s := range spots {
		var cookie *uint64
		if p.cookies {
			cookie = &s.cookie
		}
		probe, err := perfevent.OpenUprobe(path, s.fileOffset, false, program.FD(), cookie)
		if err != nil {
			a.close()
			return nil, err
		}
		a.probes = append(a.probes, probe)
	}
	return a, nil
}
