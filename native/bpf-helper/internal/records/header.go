// SPDX-License-Identifier: Apache-2.0

package records

import (
	"encoding/binary"
)

// Kinds of records.
const (
	OnCPU       = 1
	OffCPUBegin = 2
	OffCPUEnd   = 3
	RawCopy     = 4
	Probe       = 5
)

const (
	headerBytes = 64
	linkBytes   = 24
	flagLinked  = 8
	frameBytes  = 8
	nameBytes   = 16
	nameAt      = 40
)

// header of a record; the frames follow.
type header struct {
	kind, end, flags, probe  uint8
	cpu, tgid, tid           uint32
	kernelFrames, userFrames int
	generation               uint32
	timeNs, value            uint64
	stateReason              uint32
	name                     [nameBytes]byte
	frames                   []byte
	link                     link
}

// link is trace ID and span ID; zero where the sample is in no span.
type link [linkBytes]byte

// parse reads a record; ok is false for one that is shorter than it says.
func (h *header) parse(record []byte) (ok bool) {
	if len(record) < headerBytes {
		return false
	}
	h.kind, h.end, h.flags, h.probe = record[0], record[1], record[2], record[3]
	h.cpu = binary.LittleEndian.Uint32(record[4:])
	h.tgid = binary.LittleEndian.Uint32(record[8:])
	h.tid = binary.LittleEndian.Uint32(record[12:])
	h.kernelFrames = int(binary.LittleEndian.Uint16(record[16:]))
	h.userFrames = int(binary.LittleEndian.Uint16(record[18:]))
	h.generation = binary.LittleEndian.Uint32(record[20:])
	h.timeNs = binary.LittleEndian.Uint64(record[24:])
	h.value = binary.LittleEndian.Uint64(record[32:])
	h.name = [nameBytes]byte(record[nameAt:])
	h.stateReason = binary.LittleEndian.Uint32(record[60:])
	end := headerBytes + (h.kernelFrames+h.userFrames)*frameBytes
	if end > len(record) {
		return false
	}
	h.frames = record[headerBytes:end]
	h.link = link{}
	if h.flags&flagLinked != 0 && h.kind != RawCopy {
		if end+linkBytes > len(record) {
			return false
		}
		h.link = link(record[end:])
	}
	// Not of the stack: equal stacks stay equal.
	h.flags &^= flagLinked
	return true
}
