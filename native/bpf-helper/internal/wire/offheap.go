// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// offHeap is a passing buffer of some megabytes. On Go's heap it would stay until a collection, and
// raise the size at which the next one starts.
type offHeap struct{ memory []byte }

func (o *offHeap) take(size int) ([]byte, error) {
	memory, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, fmt.Errorf("%d bytes for a frame: %w", size, err)
	}
	o.memory = memory
	return memory, nil
}

func (o *offHeap) release() {
	if o.memory == nil {
		return
	}
	_ = unix.Munmap(o.memory)
	o.memory = nil
}
