// SPDX-License-Identifier: Apache-2.0

package records

import (
	"bytes"
	"encoding/binary"

	"otelkit/bpf-helper/internal/limits"
)

// offCPUThreads are the threads that went off their CPU; the record of the return completes a sample.
type offCPUThreads struct {
	byTID    map[uint32]offCPU
	rawBytes int
}

type offCPU struct {
	header      header
	trace, name uint32
	raw         []byte // a raw copy, instead of a trace
}

const (
	valueAt   = 32
	kindBits  = 8
	maxOffCPU = 1<<(64-kindBits) - 1
)

func newOffCPUThreads() offCPUThreads { return offCPUThreads{byTID: map[uint32]offCPU{}} }

func (o *offCPUThreads) put(waiting offCPU) {
	o.rawBytes += len(waiting.raw) - len(o.byTID[waiting.header.tid].raw)
	waiting.header.frames = nil // They are of the record, which is gone by then.
	o.byTID[waiting.header.tid] = waiting
}

func (o *offCPUThreads) take(tid uint32) (offCPU, bool) {
	waiting, found := o.byTID[tid]
	if found {
		o.rawBytes -= len(waiting.raw)
		delete(o.byTID, tid)
	}
	return waiting, found
}

func (r *Reader) begin(h *header) {
	r.boundOffCPU()
	trace, name := r.intern(h)
	r.offCPU.put(offCPU{header: *h, trace: trace, name: name})
}

func (r *Reader) beginRaw(h *header, record []byte) {
	r.boundOffCPU()
	r.offCPU.put(offCPU{header: *h, raw: bytes.Clone(record)})
}

// boundOffCPU forgets all of them where they are too many: threads that ended while off CPU never
// come back, and nothing tells them from those that sleep.
func (r *Reader) boundOffCPU() {
	if len(r.offCPU.byTID) >= limits.OffCPUThreads || r.offCPU.rawBytes >= limits.OffCPURawBytes {
		r.forgetOffCPU()
	}
}

func (r *Reader) forgetOffCPU() {
	r.stats.OffCPUForgot += uint64(len(r.offCPU.byTID))
	r.offCPU = newOffCPUThreads()
}

func (r *Reader) end(h *header) {
	waiting, found := r.offCPU.take(h.tid)
	if !found || waiting.header.timeNs > h.timeNs {
		r.stats.OffCPUAlone++
		return
	}
	r.complete(&waiting, h.value)
}

func (r *Reader) complete(waiting *offCPU, ns uint64) {
	if waiting.raw == nil {
		r.batch.columns.add(&waiting.header, OffCPUEnd, waiting.trace, waiting.name, ns)
		return
	}
	value := OffCPUEnd | min(ns, maxOffCPU)<<kindBits
	binary.LittleEndian.PutUint64(waiting.raw[valueAt:], value)
	r.addRaw(waiting.raw)
}

func (r *Reader) addRaw(record []byte) {
	r.batch.raw = appendRaw(r.batch.raw, record)
	r.batch.rawSize++
	r.stats.RawCopies++
}

// EndOffCPU completes the samples of threads that are still off CPU, at the end of a session.
func (r *Reader) EndOffCPU(nowNs uint64) {
	for _, waiting := range r.offCPU.byTID {
		if nowNs > waiting.header.timeNs {
			r.complete(&waiting, nowNs-waiting.header.timeNs)
		}
	}
	r.offCPU = newOffCPUThreads()
}
