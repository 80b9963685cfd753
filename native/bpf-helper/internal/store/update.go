// SPDX-License-Identifier: Apache-2.0

package store

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/kernelmap"
)

// update is BPF_MAP_UPDATE_ELEM for `processes`, without the encoding by reflection that a general
// one takes: it happens some times for each process that starts.
func update(fd int, pid *uint32, entry *kernelmap.Process) error {
	attr := struct {
		fd, _      uint32
		key, value unsafe.Pointer
		flags      uint64
	}{fd: uint32(fd), key: unsafe.Pointer(pid), value: unsafe.Pointer(entry)}
	_, _, errno := unix.Syscall(unix.SYS_BPF, unix.BPF_MAP_UPDATE_ELEM,
		uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr))
	if errno != 0 {
		return errno
	}
	return nil
}
