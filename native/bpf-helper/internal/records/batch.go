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
	// linked is each sample's number in links, from 1; both are empty where no sample has one.
	linked   []uint32
	links    []byte
	linkedBy map[link]uint32
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
	if h.link != (link{}) || len(c.links) > 0 {
		c.addLink(h.link)
	}
}

// addLink fills the column up to the newest sample.
func (c *columns) addLink(l link) {
	for len(c.linked) < len(c.timeNs)-1 {
		c.linked = append(c.linked, 0)
	}
	number := uint32(0)
	if l != (link{}) {
		if c.linkedBy == nil {
			c.linkedBy = map[link]uint32{}
		}
		known := false
		if number, known = c.linkedBy[l]; !known {
			c.links = append(c.links, l[:]...)
			number = uint32(len(c.links) / linkBytes)
			c.linkedBy[l] = number
		}
	}
	c.linked = append(c.linked, number)
}

func (c *columns) reset() {
	c.timeNs, c.value = c.timeNs[:0], c.value[:0]
	c.trace, c.pid, c.tid, c.name = c.trace[:0], c.pid[:0], c.tid[:0], c.name[:0]
	c.cpu, c.kinds, c.generation = c.cpu[:0], c.kinds[:0], c.generation[:0]
	c.linked, c.links = c.linked[:0], c.links[:0]
	clear(c.linkedBy)
}

// frame writes frame 0x13. The columns begin 8 bytes behind the payload's start and stay aligned to
// 8 bytes from there: a column of an odd number of u32 is padded.
func (c *columns) frame() []byte {
	count := len(c.timeNs)
	out := make([]byte, 0, 9+8+count*16+8*(count*4+4)+len(c.links))
	out = wire.Begin(out, wire.Samples, 0)
	out = binary.LittleEndian.AppendUint32(out, uint32(count))
	out = append(out, 0, 0, 0, 0)
	for _, column := range [...][]uint64{c.timeNs, c.value} {
		for _, value := range column {
			out = binary.LittleEndian.AppendUint64(out, value)
		}
	}
	narrow := [][]uint32{c.trace, c.pid, c.tid, c.name, c.cpu, c.kinds, c.generation}
	if len(c.links) > 0 {
		narrow = append(narrow, c.linked)
	}
	for _, column := range narrow {
		for _, value := range column {
			out = binary.LittleEndian.AppendUint32(out, value)
		}
		if count%2 == 1 {
			out = append(out, 0, 0, 0, 0)
		}
	}
	return wire.End(append(out, c.links...), 0)
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
