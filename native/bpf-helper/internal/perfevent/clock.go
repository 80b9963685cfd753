// SPDX-License-Identifier: Apache-2.0

package perfevent

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// NowNs is CLOCK_MONOTONIC, which records and samples bear. Raw, since it cannot wait: a call that
// might wakes the runtime's monitor thread, which then costs more than what it watches.
func NowNs() uint64 {
	var t unix.Timespec
	_, _, _ = unix.RawSyscall(unix.SYS_CLOCK_GETTIME, unix.CLOCK_MONOTONIC,
		uintptr(unsafe.Pointer(&t)), 0)
	return uint64(t.Nano())
}
