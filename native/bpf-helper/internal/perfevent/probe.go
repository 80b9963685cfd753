// SPDX-License-Identifier: Apache-2.0

package perfevent

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	uprobeTypePath   = "/sys/bus/event_source/devices/uprobe/type"
	uprobeReturnPath = "/sys/bus/event_source/devices/uprobe/format/retprobe"
	attachPerfEvent  = 41 // BPF_PERF_EVENT, include/uapi/linux/bpf.h
)

// ErrNoUprobes is a kernel without the uprobe PMU (CONFIG_UPROBE_EVENTS, Linux 4.17).
var ErrNoUprobes = errors.New("this kernel offers no uprobes to perf_event_open")

// Probe is one attached uprobe or tracepoint.
type Probe struct{ event, link int }

// OpenUprobe puts a program at a place of a file, in every process that has it mapped.
func OpenUprobe(path string, fileOffset uint64, atReturn bool, program int, cookie *uint64) (
	*Probe, error,
) {
	kind, err := readNumber(uprobeTypePath)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoUprobes, err)
	}
	name, err := unix.BytePtrFromString(path)
	if err != nil {
		return nil, err
	}
	attr := unix.PerfEventAttr{
		Type: uint32(kind), Size: attributeBytes, Ext1: uint64(uintptr(unsafe.Pointer(name))),
		Ext2: fileOffset,
	}
	if atReturn {
		bit, err := returnBit()
		if err != nil {
			return nil, err
		}
		attr.Config = 1 << bit
	}
	probe, err := openProbe(&attr, program, cookie)
	runtime.KeepAlive(name)
	if err != nil {
		return nil, fmt.Errorf("uprobe at %s offset %#x: %w", path, fileOffset, err)
	}
	return probe, nil
}

// OpenTracepoint puts a program at a tracepoint, by the number that tracefs has for it.
func OpenTracepoint(id uint64, program int, cookie *uint64) (*Probe, error) {
	attr := unix.PerfEventAttr{
		Type: unix.PERF_TYPE_TRACEPOINT, Size: attributeBytes, Config: id, Sample: 1,
	}
	probe, err := openProbe(&attr, program, cookie)
	if err != nil {
		return nil, fmt.Errorf("tracepoint %d: %w", id, err)
	}
	return probe, nil
}

// openProbe needs one event on any CPU: programs run wherever the probe is hit.
func openProbe(attr *unix.PerfEventAttr, program int, cookie *uint64) (*Probe, error) {
	online, err := OnlineCPUs()
	if err != nil || len(online) == 0 {
		return nil, fmt.Errorf("no CPU: %w", err)
	}
	fd, err := unix.PerfEventOpen(attr, anyProcess, online[0], noGroup, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("perf_event_open: %w", err)
	}
	p := &Probe{event: fd, link: -1}
	if cookie != nil {
		p.link, err = linkProgram(fd, program, *cookie)
	} else if err = unix.IoctlSetInt(fd, unix.PERF_EVENT_IOC_SET_BPF, program); err == nil {
		err = unix.IoctlSetInt(fd, unix.PERF_EVENT_IOC_ENABLE, 0)
	}
	if err != nil {
		p.Close()
		return nil, fmt.Errorf("attaching: %w", err)
	}
	return p, nil
}

// linkProgram is BPF_LINK_CREATE, by which a program is told apart by a cookie.
func linkProgram(event, program int, cookie uint64) (int, error) {
	attr := struct {
		program, target, kind, flags uint32
		cookie                       uint64
	}{uint32(program), uint32(event), attachPerfEvent, 0, cookie}
	fd, _, errno := unix.Syscall(unix.SYS_BPF, unix.BPF_LINK_CREATE,
		uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr))
	if errno != 0 {
		return -1, errno
	}
	unix.CloseOnExec(int(fd))
	return int(fd), nil
}

// Close detaches.
func (p *Probe) Close() {
	if p.link >= 0 {
		_ = unix.Close(p.link)
	}
	_ = unix.Close(p.event)
}

// returnBit reads `config:0`.
func returnBit() (uint64, error) {
	text, err := os.ReadFile(uprobeReturnPath)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNoUprobes, err)
	}
	_, bit, _ := strings.Cut(strings.TrimSpace(string(text)), ":")
	number, err := strconv.ParseUint(bit, 10, 6)
	if err != nil {
		return 0, fmt.Errorf("%s: %q", uprobeReturnPath, text)
	}
	return number, nil
}

func readNumber(path string) (uint64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(strings.TrimSpace(string(text)), 10, 32)
}
