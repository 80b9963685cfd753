// SPDX-License-Identifier: Apache-2.0

// Package store writes the BPF maps. Arrays are written through memory, not by system calls, and
// mostly through windows that are mapped for the moment: all of a mapped array counts as ours.
package store

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// window is a mapped part of an array; entries of T.
type window[T any] struct {
	memory  []byte
	Entries []T
}

// openWindow maps count entries from first on of the array behind fd.
func openWindow[T any](fd, first, count int) (window[T], error) {
	var entry T
	size := int(unsafe.Sizeof(entry))
	page := os.Getpagesize()
	from := first * size / page * page
	end := (first + count) * size
	memory, err := unix.Mmap(fd, int64(from), end-from, unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_SHARED)
	if err != nil {
		return window[T]{}, fmt.Errorf("mapping %d entries of an array: %w", count, err)
	}
	start := (*T)(unsafe.Pointer(&memory[first*size-from]))
	return window[T]{memory, unsafe.Slice(start, count)}, nil
}

func (w window[T]) close() {
	if w.memory != nil {
		_ = unix.Munmap(w.memory)
	}
}
