// SPDX-License-Identifier: Apache-2.0

package records

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"

	"otelkit/bpf-helper/internal/limits"
)

// traceTable knows every trace that was sent, by content: a 64-bit hash with a secret seed finds it,
// the bytes themselves decide. A table of open addresses and one growing array of bytes: no object
// for each trace, so the garbage collector has nothing to look at.
type traceTable struct {
	seed    maphash.Seed
	slots   []traceSlot
	content []byte
	count   int
	next    uint32
}

type traceSlot struct {
	hash   uint64
	start  uint32
	length uint32 // with the header; 0: free
	id     uint32
}

const (
	firstSlots = 1 << 12
)

func newTraceTable() *traceTable {
	return &traceTable{
		seed: maphash.MakeSeed(), slots: make([]traceSlot, firstSlots), next: 1,
	}
}

// intern returns the number of a record's trace; fresh ones are to be sent. full means that numbers
// have to start anew first.
func (t *traceTable) intern(h *header) (id uint32, fresh, full bool) {
	var shape [8]byte
	shape[0], shape[1] = h.end, h.flags
	binary.LittleEndian.PutUint16(shape[2:], uint16(h.kernelFrames))
	binary.LittleEndian.PutUint16(shape[4:], uint16(h.userFrames))
	// The shape takes part by way of the comparison; two shapes rarely share their frames.
	hash := maphash.Bytes(t.seed, h.frames) ^ binary.LittleEndian.Uint64(shape[:])*0x9e3779b97f4a7c15
	mask := uint64(len(t.slots) - 1)
	at := hash & mask
	for t.slots[at].length != 0 {
		slot := &t.slots[at]
		if slot.hash == hash && t.same(slot, shape[:], h.frames) {
			return slot.id, false, false
		}
		at = (at + 1) & mask
	}
	size := len(shape) + len(h.frames)
	if t.count >= limits.Traces || len(t.content)+size > limits.TraceBytes {
		return 0, false, true
	}
	t.slots[at] = traceSlot{hash, uint32(len(t.content)), uint32(size), t.next}
	t.content = append(append(t.content, shape[:]...), h.frames...)
	t.count++
	id = t.next
	t.next++
	if t.count > len(t.slots)/2 {
		t.enlarge()
	}
	return id, true, false
}

func (t *traceTable) same(slot *traceSlot, shape, frames []byte) bool {
	known := t.content[slot.start : slot.start+slot.length]
	return len(known) == len(shape)+len(frames) && bytes.Equal(known[:len(shape)], shape) &&
		bytes.Equal(known[len(shape):], frames)
}

func (t *traceTable) enlarge() {
	old := t.slots
	t.slots = make([]traceSlot, 2*len(old))
	mask := uint64(len(t.slots) - 1)
	for _, slot := range old {
		if slot.length == 0 {
			continue
		}
		at := slot.hash & mask
		for t.slots[at].length != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = slot
	}
}

// reset forgets all; numbers start anew.
func (t *traceTable) reset() {
	clear(t.slots)
	t.content = t.content[:0]
	t.count, t.next = 0, 1
	t.seed = maphash.MakeSeed()
}
