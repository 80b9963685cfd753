// SPDX-License-Identifier: Apache-2.0

package records

import (
	"encoding/binary"

	"otelkit/bpf-helper/internal/wire"
)

// batch is what one round of reading gives: the frames to send, in this order: names, traces, samples, raw copies.
type batch struct {
	names   []byte
	traces  []byte
	raw     []byte
	rawSize int
	columns columns
}

// columns of samples; the wire has one after the other, not one sample after the other.
type columns struct {
	timeNs, value                     []uint64
	trace, pid, tid, name, cpu, kinds []uint32
	generation                        []uint32
}

func (c *columns) add(h *header, kind uint8, trace, name uint32, value uint64) {
	c.timeNs = append(c.timeNs, h.timeNs)
	c.value = append(c.value, value)
	c.trace = append(c.trace, trace)
	c.pid = append(c.pid, h.tgid)
	c.tid = append(c.tid, h.tid)
	c.name = append(c.name, name)
	c.cpu = append(c.cpu, h.cpu)
	c.kinds = append(c.kinds, uint32(kind)|uint32(h.probe)<<8|(h.stateReason&0xffff)<<16)
	c.generation = append(c.generation, h.generation)
}

func (c *columns) reset() {
	c.timeNs, c.value = c.timeNs[:0], c.value[:0]
	c.trace, c.pid, c.tid, c.name = c.trace[:0], c.pid[:0], c.tid[:0], c.name[:0]
	c.cpu, c.kinds, c.generation = c.cpu[:0], c.kinds[:0], c.generation[:0]
}

// frame writes frame 0x13. The columns begin 8 bytes behind the payload's start and stay aligned to
// 8 bytes from there: a column of an odd number of u32 is padded.
func (c *columns) frame() []byte {
	count := len(c.timeNs)
	out := make([]byte, 0, 9+8+count*16+7*(count*4+4))
	out = wire.Begin(out, wire.Samples, 0)
	out = binary.LittleEndian.AppendUint32(out, uint32(count))
	out = append(out, 0, 0, 0, 0)
	for _, column := range [...][]uint64{c.timeNs, c.value} {
		for _, value := range column {
			out = binary.LittleEndian.AppendUint64(out, value)
		}
	}
	for _, column := range [...][]uint32{
		c.trace, c.pid, c.tid, c.name, c.cpu, c.kinds, c.generation,
	} {
		for _, value := range column {
			out = binary.LittleEndian.AppendUint32(out, value)
		}
		if count%2 == 1 {
			out = append(out, 0, 0, 0, 0)
		}
	}
	return wire.End(out, 0)
}

func appendTrace(out []byte, id uint32, h *header) []byte {
	out = binary.LittleEndian.AppendUint32(out, id)
	out = append(out, h.end, h.flags)
	out = binary.LittleEndian.AppendUint16(out, uint16(h.kernelFrames))
	out = binary.LittleEndian.AppendUint16(out, uint16(h.userFrames))
	out = append(out, 0, 0)
	return append(out, h.frames...)
}

func appendName(out []byte, id uint32, name string) []byte {
	out = binary.LittleEndian.AppendUint32(out, id)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(name)))
	out = append(out, 0, 0)
	return append(out, name...)
}

func appendRaw(out, record []byte) []byte {
	out = binary.LittleEndian.AppendUint32(out, uint32(len(record)))
	return append(out, record...)
}

// whole makes a frame of a payload.
func whole(kind uint8, payload []byte) []byte {
	out := wire.Begin(make([]byte, 0, len(payload)+9), kind, 0)
	return wire.End(append(out, payload...), 0)
}
