// SPDX-License-Identifier: Apache-2.0

package perfevent

import (
	"encoding/binary"
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Ring is the mapped buffer of one event.
type Ring struct {
	FD      int
	CPU     int
	memory  []byte
	meta    *unix.PerfEventMmapPage
	data    []byte
	scratch []byte // a record that wraps around
	pulse   pulse
}

// Runs returns whether the event still records.
func (r *Ring) Runs() bool { return r.pulse.beats(r.FD) }

const recordHeader = 8

func mapRing(fd, cpu, pages int) (*Ring, error) {
	page := os.Getpagesize()
	memory, err := unix.Mmap(fd, 0, (1+pages)*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("mapping the ring of CPU %d: %w", cpu, err)
	}
	return &Ring{
		FD: fd, CPU: cpu, memory: memory,
		meta: (*unix.PerfEventMmapPage)(unsafe.Pointer(&memory[0])),
		data: memory[page:],
	}, nil
}

// Drain calls each for every record that is complete now; the bytes are valid during the call only.
func (r *Ring) Drain(each func(record []byte)) {
	head := atomic.LoadUint64(&r.meta.Data_head)
	tail := r.meta.Data_tail
	size := uint64(len(r.data))
	for head-tail >= recordHeader {
		at := tail % size
		// The header never wraps: records are multiples of 8 bytes.
		length := uint64(binary.LittleEndian.Uint16(r.data[at+6:]))
		if length < recordHeader || length > head-tail {
			tail = head // Not possible unless the ring is overwritten; start anew.
			break
		}
		if at+length <= size {
			each(r.data[at : at+length])
		} else {
			r.scratch = append(r.scratch[:0], r.data[at:]...)
			r.scratch = append(r.scratch, r.data[:at+length-size]...)
			each(r.scratch)
		}
		tail += length
	}
	atomic.StoreUint64(&r.meta.Data_tail, tail)
}

// Empty tells without a system call whether nothing waits.
func (r *Ring) Empty() bool { return atomic.LoadUint64(&r.meta.Data_head) == r.meta.Data_tail }

// Unmap ends reading; the event stays open.
func (r *Ring) Unmap() { _ = unix.Munmap(r.memory) }

// Close unmaps the ring and closes the event.
func (r *Ring) Close() {
	r.Unmap()
	_ = unix.Close(r.FD)
}
