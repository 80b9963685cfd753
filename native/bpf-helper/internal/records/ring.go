// SPDX-License-Identifier: Apache-2.0

// Package records takes the BPF side's records out of the ring and turns them into the frames of
// docs/profile-internals.md §4.
package records

import (
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Header of an entry, include/uapi/linux/bpf.h.
const (
	entryHeader = 8
	busyBit     = 1 << 31
	discardBit  = 1 << 30
	lengthMask  = discardBit - 1
	giveBack    = 256 << 10 // bytes after which the producer is told
)

// Ring is a mapped BPF_MAP_TYPE_RINGBUF, read by polling.
type Ring struct {
	consumerMemory []byte
	producerMemory []byte
	consumer       *uint64
	producer       *uint64
	data           []byte // twice the ring, one behind the other
	size           uint64
}

// OpenRing maps the ring behind fd, which has size bytes.
func OpenRing(fd, size int) (*Ring, error) {
	page := os.Getpagesize()
	consumer, err := unix.Mmap(fd, 0, page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("mapping the ring's positions: %w", err)
	}
	producer, err := unix.Mmap(fd, int64(page), page+2*size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		_ = unix.Munmap(consumer)
		return nil, fmt.Errorf("mapping a ring of %d bytes: %w", size, err)
	}
	return &Ring{
		consumerMemory: consumer, producerMemory: producer,
		consumer: (*uint64)(unsafe.Pointer(&consumer[0])),
		producer: (*uint64)(unsafe.Pointer(&producer[0])),
		data:     producer[page:], size: uint64(size),
	}, nil
}

// End is where the records that are there now end.
func (r *Ring) End() uint64 { return atomic.LoadUint64(r.producer) }

// Drain calls each with every record before end that is complete; the bytes are valid during the call
// only. The end is fixed, so that a fast producer cannot hold it.
func (r *Ring) Drain(end uint64, each func(record []byte)) (bytes uint64) {
	position := *r.consumer
	begin, told := position, position
	for position < end {
		at := position & (r.size - 1)
		header := atomic.LoadUint32((*uint32)(unsafe.Pointer(&r.data[at])))
		if header&busyBit != 0 {
			break
		}
		length := uint64(header & lengthMask)
		if length > r.size-entryHeader {
			break
		}
		if header&discardBit == 0 {
			each(r.data[at+entryHeader : at+entryHeader+length])
		}
		position += entryHeader + (length+7)&^7
		if position-told >= giveBack {
			atomic.StoreUint64(r.consumer, position)
			told = position
		}
	}
	atomic.StoreUint64(r.consumer, position)
	return position - begin
}

// Close unmaps the ring.
func (r *Ring) Close() {
	_ = unix.Munmap(r.producerMemory)
	_ = unix.Munmap(r.consumerMemory)
}
