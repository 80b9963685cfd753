// SPDX-License-Identifier: Apache-2.0

package records

import (
	"bytes"

	"otelkit/bpf-helper/internal/limits"
	"otelkit/bpf-helper/internal/wire"
)

// Output takes finished frames; samples is how many samples or raw copies a frame has.
type Output interface {
	Add(frame []byte, kind uint8, samples uint32)
}

// Reader turns records into frames. For one goroutine.
type Reader struct {
	out     Output
	traces  *traceTable
	names   map[[nameBytes]byte]uint32
	offCPU  offCPUThreads
	batch   batch
	header  header
	stats   Stats
	onReset func(resets uint64)
	// BeforeFlush sends what must be there before the samples that follow.
	BeforeFlush func()
	// seen are processes that a sample has been sent of.
	seen   map[uint32]struct{}
	urgent bool
}

// Stats counts, by the names of the statistics frame.
type Stats struct {
	Records      uint64 `json:"recordsRead"`
	BadRecords   uint64 `json:"recordsDamaged"`
	Samples      uint64 `json:"samplesSent"`
	RawCopies    uint64 `json:"rawCopiesSent"`
	Traces       uint64 `json:"tracesSent"`
	TraceResets  uint64 `json:"traceResets"`
	OffCPUOpen   int    `json:"offCpuOpen"`
	OffCPUAlone  uint64 `json:"offCpuWithoutBegin"`
	OffCPUForgot uint64 `json:"offCpuForgotten"`
}

const (
	// A frame is sent before it gets longer than this.
	batchSamples  = 16384
	batchBytes    = 1 << 20
	firstNameSize = 256
	seenProcesses = 1 << 14
	// From so many samples on, fewer frames would spare next to nothing.
	worthSamples = 1024
)

// NewReader makes one. onReset is called when numbers start anew, before the first new one is sent.
func NewReader(out Output, onReset func(resets uint64)) *Reader {
	return &Reader{
		out: out, traces: newTraceTable(), onReset: onReset,
		names: make(map[[nameBytes]byte]uint32, firstNameSize), offCPU: newOffCPUThreads(),
		seen: map[uint32]struct{}{},
	}
}

// Record takes one record.
func (r *Reader) Record(record []byte) {
	r.stats.Records++
	h := &r.header
	if !h.parse(record) {
		r.stats.BadRecords++
		return
	}
	switch h.kind {
	case OnCPU, Probe:
		r.see(h.tgid)
		trace, name := r.intern(h)
		r.batch.columns.add(h, h.kind, trace, name, h.value)
	case OffCPUBegin:
		r.begin(h)
	case OffCPUEnd:
		r.end(h)
	case RawCopy:
		if h.value == OffCPUBegin {
			r.beginRaw(h, record)
			break
		}
		r.addRaw(record)
	default:
		r.stats.BadRecords++
	}
	if len(r.batch.columns.timeNs) >= batchSamples || len(r.batch.raw) >= batchBytes ||
		len(r.batch.traces) >= batchBytes {
		r.Flush()
	}
}

func (r *Reader) see(tgid uint32) {
	if _, known := r.seen[tgid]; known {
		return
	}
	if len(r.seen) >= seenProcesses {
		clear(r.seen)
	}
	r.seen[tgid] = struct{}{}
	r.urgent = true
}

// Urgent tells that what was read is waited for: the first sample of a process, stacks to be unwound,
// or as much as is worth sending.
func (r *Reader) Urgent() bool {
	return r.urgent || r.batch.rawSize > 0 || len(r.batch.columns.timeNs) >= worthSamples
}

func (r *Reader) intern(h *header) (trace, name uint32) {
	trace, fresh, full := r.traces.intern(h)
	if full || len(r.names) >= limits.Names {
		r.reset()
		trace, fresh, _ = r.traces.intern(h)
	}
	if fresh {
		r.batch.traces = appendTrace(r.batch.traces, trace, h)
		r.stats.Traces++
	}
	name, known := r.names[h.name]
	if !known {
		name = uint32(len(r.names) + 1)
		r.names[h.name] = name
		r.batch.names = appendName(r.batch.names, name, nameOf(h.name[:]))
	}
	return trace, name
}

// reset starts all numbers anew, behind what was sent with the old ones.
func (r *Reader) reset() {
	r.forgetOffCPU()
	r.Flush()
	r.traces.reset()
	clear(r.names)
	r.stats.TraceResets++
	r.onReset(r.stats.TraceResets)
}

// Flush sends what was read so far.
func (r *Reader) Flush() {
	b := &r.batch
	r.urgent = false
	if r.BeforeFlush != nil {
		r.BeforeFlush()
	}
	if len(b.names) > 0 {
		r.out.Add(whole(wire.Names, b.names), wire.Names, 0)
		b.names = b.names[:0]
	}
	if len(b.traces) > 0 {
		r.out.Add(whole(wire.NewTraces, b.traces), wire.NewTraces, 0)
		b.traces = b.traces[:0]
	}
	if count := len(b.columns.timeNs); count > 0 {
		r.out.Add(b.columns.frame(), wire.Samples, uint32(count))
		r.stats.Samples += uint64(count)
		b.columns.reset()
	}
	if b.rawSize > 0 {
		r.out.Add(whole(wire.RawCopies, b.raw), wire.RawCopies, uint32(b.rawSize))
		b.raw, b.rawSize = b.raw[:0], 0
	}
	r.stats.OffCPUOpen = len(r.offCPU.byTID)
}

// Stats returns the counts so far.
func (r *Reader) Stats() Stats { return r.stats }

func nameOf(padded []byte) string {
	if end := bytes.IndexByte(padded, 0); end >= 0 {
		padded = padded[:end]
	}
	return string(padded)
}
