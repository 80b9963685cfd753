// SPDX-License-Identifier: Apache-2.0

package process

import (
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/limits"
)

// Witness names the very file that an answer is about.
type Witness struct {
	// Path of an open descriptor of it, below /proc.
	Path string `json:"path"`
	// ChangedNs is its ctime when it was read: whatever changes a file's bytes changes that.
	ChangedNs string `json:"changedNs"`
}

// witness is a file held open by its name only (O_PATH): its inode's number is given to no other file
// meanwhile, and what is written over it shows.
type witness struct {
	fd        int
	changedNs int64
}

// openWitness returns nil where the file cannot be held: it is then known by what records tell alone.
func (t *Tracker) openWitness(given *Witness) *witness {
	if given == nil || t.witnesses >= limits.Witnesses {
		return nil
	}
	changedNs, err := strconv.ParseInt(given.ChangedNs, 10, 64)
	if err != nil {
		return nil
	}
	fd, err := unix.Open(given.Path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	t.witnesses++
	return &witness{fd, changedNs}
}

var emptyPath [1]byte

// holds tells that the file is as it was when it was read.
func (w *witness) holds() bool {
	// What the kernel knows by itself: it was asked for the file just now, to be mapped, and this is
	// asked for each mapping of each program. Raw, since it does not wait (see perfevent.NowNs).
	var now unix.Statx_t
	_, _, errno := unix.RawSyscall6(unix.SYS_STATX, uintptr(w.fd), uintptr(unsafe.Pointer(&emptyPath[0])),
		unix.AT_EMPTY_PATH|unix.AT_STATX_DONT_SYNC, unix.STATX_CTIME, uintptr(unsafe.Pointer(&now)), 0)
	return errno == 0 && now.Ctime.Sec*1e9+int64(now.Ctime.Nsec) == w.changedNs
}

func (t *Tracker) dropWitness(f *File) {
	if f.witness != nil {
		t.witnesses--
		_ = unix.Close(f.witness.fd)
		f.witness = nil
	}
}
