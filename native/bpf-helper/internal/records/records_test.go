// SPDX-License-Identifier: Apache-2.0

package records

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"otelkit/bpf-helper/internal/limits"
	"otelkit/bpf-helper/internal/wire"
)

// sent collects what a reader sends.
type sent struct {
	t      *testing.T
	traces map[uint32]string
	order  []uint8
	rows   []row
	raw    [][]byte
	names  map[uint32]string
}

type row struct {
	timeNs, value                         uint64
	trace, pid, tid, name, cpu, kind, gen uint32
}

func (s *sent) Add(frame []byte, kind uint8, samples uint32) {
	s.order = append(s.order, kind)
	if int(binary.LittleEndian.Uint32(frame)) != len(frame)-4 || frame[4] != kind {
		s.t.Fatalf("frame of %d bytes: % x", len(frame), frame[:9])
	}
	payload := frame[9:]
	switch kind {
	case wire.NewTraces:
		for len(payload) > 0 {
			id := binary.LittleEndian.Uint32(payload)
			frames := int(binary.LittleEndian.Uint16(payload[6:])) + int(binary.LittleEndian.Uint16(payload[8:]))
			s.traces[id] = string(payload[4 : 12+8*frames])
			payload = payload[12+8*frames:]
		}
	case wire.Names:
		for len(payload) > 0 {
			length := int(binary.LittleEndian.Uint16(payload[4:]))
			s.names[binary.LittleEndian.Uint32(payload)] = string(payload[8 : 8+length])
			payload = payload[8+length:]
		}
	case wire.Samples:
		s.addRows(payload, int(samples))
	case wire.RawCopies:
		for len(payload) > 0 {
			length := int(binary.LittleEndian.Uint32(payload))
			s.raw = append(s.raw, append([]byte(nil), payload[4:4+length]...))
			payload = payload[4+length:]
		}
	}
}

func (s *sent) addRows(payload []byte, samples int) {
	count := int(binary.LittleEndian.Uint32(payload))
	if count != samples {
		s.t.Fatalf("%d samples in a frame of %d", samples, count)
	}
	at := 8
	wide := func(i int) uint64 { return binary.LittleEndian.Uint64(payload[at+8*i:]) }
	rows := make([]row, count)
	for i := range rows {
		rows[i].timeNs = wide(i)
	}
	at += 8 * count
	for i := range rows {
		rows[i].value = wide(i)
	}
	at += 8 * count
	fields := []func(*row) *uint32{
		func(r *row) *uint32 { return &r.trace }, func(r *row) *uint32 { return &r.pid },
		func(r *row) *uint32 { return &r.tid }, func(r *row) *uint32 { return &r.name },
		func(r *row) *uint32 { return &r.cpu }, func(r *row) *uint32 { return &r.kind },
		func(r *row) *uint32 { return &r.gen },
	}
	for _, field := range fields {
		for i := range rows {
			*field(&rows[i]) = binary.LittleEndian.Uint32(payload[at+4*i:])
		}
		at += (4*count + 7) &^ 7
	}
	if at != len(payload) {
		s.t.Fatalf("%d bytes of columns in %d", at, len(payload))
	}
	s.rows = append(s.rows, rows...)
}

func newSent(t *testing.T) *sent {
	return &sent{t: t, traces: map[uint32]string{}, names: map[uint32]string{}}
}

func record(kind uint8, tid uint32, timeNs, value uint64, name string, frames ...uint64) []byte {
	out := make([]byte, headerBytes)
	out[0], out[1] = kind, 1
	binary.LittleEndian.PutUint32(out[4:], 3)
	binary.LittleEndian.PutUint32(out[8:], 100)
	binary.LittleEndian.PutUint32(out[12:], tid)
	binary.LittleEndian.PutUint16(out[18:], uint16(len(frames)))
	binary.LittleEndian.PutUint32(out[20:], 77)
	binary.LittleEndian.PutUint64(out[24:], timeNs)
	binary.LittleEndian.PutUint64(out[32:], value)
	copy(out[nameAt:nameAt+nameBytes], name)
	for _, frame := range frames {
		out = binary.LittleEndian.AppendUint64(out, frame)
	}
	return out
}

func TestATraceIsSentOnceBeforeItsSamples(t *testing.T) {
	out := newSent(t)
	r := NewReader(out, func(uint64) { t.Error("reset") })
	for i := range uint64(5) {
		r.Record(record(OnCPU, 1, i, 1, "main", 10, 20, 30+i%2))
	}
	r.Flush()
	r.Record(record(OnCPU, 2, 9, 1, "other", 10, 20, 30))
	r.Flush()
	if len(out.traces) != 2 || len(out.names) != 2 || len(out.rows) != 6 {
		t.Fatalf("%d traces, %d names, %d samples", len(out.traces), len(out.names), len(out.rows))
	}
	want := []uint8{wire.Names, wire.NewTraces, wire.Samples, wire.Names, wire.Samples}
	if string(out.order) != string(want) {
		t.Errorf("order %x", out.order)
	}
	first, last := out.rows[0], out.rows[5]
	if first.trace != last.trace || out.names[last.name] != "other" {
		t.Errorf("%+v, %+v", first, last)
	}
	if (first != row{0, 1, first.trace, 100, 1, first.name, 3, OnCPU, 77}) {
		t.Errorf("%+v", first)
	}
}

func TestTracesOfDifferentShapeAreDifferent(t *testing.T) {
	out := newSent(t)
	r := NewReader(out, nil)
	user := record(OnCPU, 1, 1, 1, "", 10, 20)
	kernel := record(OnCPU, 1, 1, 1, "", 10, 20)
	binary.LittleEndian.PutUint16(kernel[16:], 1)
	binary.LittleEndian.PutUint16(kernel[18:], 1)
	cut := record(OnCPU, 1, 1, 1, "", 10, 20)
	cut[1] = 7
	for _, bytes := range [][]byte{user, kernel, cut, user, kernel, cut} {
		r.Record(bytes)
	}
	r.Flush()
	if len(out.traces) != 3 {
		t.Errorf("%d traces", len(out.traces))
	}
}

func TestNumbersStartAnewWhenTheTableIsFull(t *testing.T) {
	out := newSent(t)
	resets := 0
	r := NewReader(out, func(uint64) {
		resets++
		clear(out.traces)
		clear(out.names)
		out.rows = nil
	})
	random := rand.New(rand.NewPCG(5, 6))
	frames := make([]uint64, 40)
	wanted := 2 * limits.TraceBytes / (8 * len(frames))
	for i := range wanted {
		for at := range frames {
			frames[at] = random.Uint64()
		}
		r.Record(record(OnCPU, 1, uint64(i), 1, "n", frames...))
	}
	r.Flush()
	if resets == 0 || resets > 4 {
		t.Errorf("%d resets", resets)
	}
	for _, sample := range out.rows {
		if out.traces[sample.trace] == "" || out.names[sample.name] != "n" {
			t.Fatalf("a sample of a trace that was not sent since: %+v", sample)
		}
	}
}

func TestOffCPUSamplesAreJoined(t *testing.T) {
	out := newSent(t)
	r := NewReader(out, nil)
	r.Record(record(OffCPUBegin, 1, 100, 0, "a", 1, 2))
	r.Record(record(OffCPUBegin, 2, 110, 0, "b", 3))
	r.Record(record(OffCPUEnd, 9, 120, 50, "c"))
	r.Record(record(OffCPUEnd, 1, 150, 50, "a"))
	r.EndOffCPU(210)
	r.Flush()
	if len(out.rows) != 2 || r.Stats().OffCPUAlone != 1 {
		t.Fatalf("%+v, %+v", out.rows, r.Stats())
	}
	if a := out.rows[0]; a.kind != OffCPUEnd || a.value != 50 || a.timeNs != 100 || a.tid != 1 {
		t.Errorf("%+v", a)
	}
	if b := out.rows[1]; b.value != 100 || b.tid != 2 || len(out.traces[b.trace]) != 8+8 {
		t.Errorf("%+v", b)
	}
}

func TestARawCopyOfASwitchWaitsForTheReturn(t *testing.T) {
	out := newSent(t)
	r := NewReader(out, nil)
	r.Record(record(RawCopy, 1, 100, OffCPUBegin, "a"))
	r.Record(record(RawCopy, 2, 100, OnCPU, "b"))
	r.Flush()
	if len(out.raw) != 1 {
		t.Fatalf("%d raw copies", len(out.raw))
	}
	r.Record(record(OffCPUEnd, 1, 150, 50, "a"))
	r.Flush()
	if len(out.raw) != 2 || binary.LittleEndian.Uint64(out.raw[1][valueAt:]) != OffCPUEnd|50<<8 {
		t.Errorf("%d raw copies", len(out.raw))
	}
}

// linkedRecord is a record with trace ID and span ID behind its frames.
func linkedRecord(kind uint8, tid uint32, timeNs uint64, span byte, frames ...uint64) []byte {
	out := record(kind, tid, timeNs, 1, "n", frames...)
	out[2] |= flagLinked
	l := link{0: 7, 15: 9, 23: span}
	return append(out, l[:]...)
}

func TestSpansOfSamplesAreSentBehindTheirColumns(t *testing.T) {
	out := newSent(t)
	r := NewReader(out, nil)
	var frame []byte
	r.out = outputFunc(func(bytes []byte, kind uint8, samples uint32) {
		if kind == wire.Samples {
			frame = bytes[9:]
			return
		}
		out.Add(bytes, kind, samples)
	})
	r.Record(record(OnCPU, 1, 1, 1, "n", 10))
	r.Record(linkedRecord(OnCPU, 1, 2, 1, 10))
	r.Record(linkedRecord(OnCPU, 1, 3, 2, 10))
	r.Record(record(OnCPU, 1, 4, 1, "n", 10))
	r.Record(linkedRecord(OffCPUBegin, 1, 5, 1, 10))
	r.Record(record(OffCPUEnd, 1, 6, 1, "n"))
	r.Flush()
	if len(out.traces) != 1 {
		t.Errorf("%d traces: a span is not of the stack", len(out.traces))
	}
	const samples, links = 5, 2
	narrow := (samples*4 + 7) &^ 7
	at := 8 + 2*8*samples + 7*narrow
	if len(frame) != at+narrow+links*linkBytes {
		t.Fatalf("%d bytes", len(frame))
	}
	for i, want := range [samples]uint32{0, 1, 2, 0, 1} {
		if got := binary.LittleEndian.Uint32(frame[at+4*i:]); got != want {
			t.Errorf("sample %d: link %d, expected %d", i, got, want)
		}
	}
	if last := frame[len(frame)-linkBytes:]; last[0] != 7 || last[15] != 9 || last[23] != 2 {
		t.Errorf("% x", last)
	}
	r.Record(linkedRecord(OnCPU, 1, 7, 1, 10)[:headerBytes+8+linkBytes-1])
	if r.Stats().BadRecords != 1 {
		t.Errorf("%+v: a link that is cut", r.Stats())
	}
}

type outputFunc func(frame []byte, kind uint8, samples uint32)

func (f outputFunc) Add(frame []byte, kind uint8, samples uint32) { f(frame, kind, samples) }

func FuzzRecord(f *testing.F) {
	f.Add(record(OnCPU, 1, 1, 1, "n", 1, 2, 3))
	f.Add(record(RawCopy, 1, 1, 2, "n"))
	f.Fuzz(func(t *testing.T, bytes []byte) {
		out := newSent(t)
		r := NewReader(out, func(uint64) {})
		r.Record(bytes)
		r.Record(bytes)
		r.EndOffCPU(1 << 62)
		r.Flush()
	})
}

func BenchmarkKnownTrace(b *testing.B) {
	r := NewReader(discard{}, nil)
	one := record(OnCPU, 1, 1, 1, "name", make([]uint64, 30)...)
	for b.Loop() {
		r.Record(one)
	}
}

type discard struct{}

func (discard) Add([]byte, uint8, uint32) {}
