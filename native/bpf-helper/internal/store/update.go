// SPDX-License-Identifier: Apache-2.0

package store

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/kernelmap"
)

// element is what bpf(2) takes for one entry of a map.
type element struct {
	fd, _      uint32
	key, value unsafe.Pointer
	flags      uint64
}

// update is BPF_MAP_UPDATE_ELEM for `processes`, and remove BPF_MAP_DELETE_ELEM.
func update(fd int, pid *uint32, entry *kernelmap.Process) error {
	return change(unix.BPF_MAP_UPDATE_ELEM,
		&element{fd: uint32(fd), key: unsafe.Pointer(pid), value: unsafe.Pointer(entry)})
}

func remove(fd int, pid *uint32) error {
	return change(unix.BPF_MAP_DELETE_ELEM, &element{fd: uint32(fd), key: unsafe.Pointer(pid)})
}

// change happens some times for each process that starts: without the encoding by reflection that a
// general one takes, and raw, since it never waits (see perfevent.NowNs).
func change(command uintptr, e *element) error {
	_, _, errno := unix.RawSyscall(unix.SYS_BPF, command, uintptr(unsafe.Pointer(e)),
		unsafe.Sizeof(*e))
	if errno != 0 {
		return errno
	}
	return nil
}
