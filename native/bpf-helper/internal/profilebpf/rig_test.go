// SPDX-License-Identifier: Apache-2.0
package profilebpf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/ringbuf"
	"golang.org/x/sys/unix"
)

const (
	kindNone uint8 = iota
	kindTable
	kindFramePointers
	kindEnd
)

// The layouts of docs/profile-internals.md, section 2.
type (
	process struct{ Generation, FirstMapping, MappingCount, Flags uint32 }
	mapping struct {
		Start, End, Bias uint64
		Slot             uint16
		Kind, Flags      uint8
		Unwinder, _      uint16
	}
	tableEntry struct {
		BaseVaddr                                                   uint64
		PageCount, FirstPage, FirstSide, SideCount, Flags, Reserved uint32
	}
	pageEntry struct {
		Row             uint32
		RowCount, Empty uint16
	}
	sideRule struct {
		CFAOffset, FPOffset, RAOffset, CFAAdd             int32
		CFARegister, CFADeref, FPKind, RAKind, RARegister uint8
		_                                                 [3]byte
	}
	config struct {
		OffCPUProbability, Flags, MaxUserFrames, RawCopyBytes, Unwinders, Epoch uint32
		_                                                                       [10]uint32
	}
)

// Flags of a record.
const (
	interrupted = 1
	cut         = 4
	linked      = 8
)

const (
	onlyListed      = 1
	rawCopies       = 4
	noKernelStacks  = 8
	patience        = 30 * time.Second // for what comes in milliseconds, on however busy a machine
	firstGeneration = 7
)

// A rig is a loaded variant with tables in its maps.
type rig struct {
	*Loaded
	t            testing.TB
	ring         *ringbuf.Reader
	nextMapping  uint32
	nextPage     uint32
	nextSide     uint32
	nextChunk    uint32
	nextSlot     uint16
	nextGenerate uint32
	config       config
	scratches    []*scratch
}

// The beginning of a scratch.
type scratch struct {
	Config   config
	Counters [32]uint64
}

func newRig(t testing.TB, v Variant, c config, programs ...string) *rig {
	t.Helper()
	return newRigOf(t, Options{Variants: []Variant{v}, Programs: programs}, c)
}

func newRigOf(t testing.TB, o Options, c config) *rig {
	t.Helper()
	l := load(t, o)
	ring, err := ringbuf.NewReader(l.Map("events"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ring.Close() })
	r := &rig{Loaded: l, t: t, ring: ring, nextSlot: 1, nextGenerate: firstGeneration}
	r.openScratches()
	r.configure(c)
	return r
}

func (r *rig) configure(c config) {
	if c.MaxUserFrames == 0 {
		c.MaxUserFrames = 1024
	}
	c.Epoch = 1
	r.config = c
	for _, s := range r.scratches {
		s.Config = c
	}
}

// openScratches maps the beginnings of all scratches.
func (r *rig) openScratches() {
	r.t.Helper()
	for _, name := range byCPU {
		m := r.Map(name)
		if m == nil {
			continue
		}
		size := int(m.ValueSize()) * int(m.MaxEntries())
		memory, err := unix.Mmap(m.FD(), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
		if err != nil {
			r.t.Fatal(err)
		}
		r.t.Cleanup(func() { unix.Munmap(memory) })
		for at := 0; at < size; at += int(m.ValueSize()) {
			r.scratches = append(r.scratches, (*scratch)(unsafe.Pointer(&memory[at])))
		}
	}
}

// processesChanged makes the programs look processes up anew.
func (r *rig) processesChanged() {
	r.config.Epoch++
	for _, s := range r.scratches {
		atomic.StoreUint32(&s.Config.Epoch, r.config.Epoch)
	}
}

func (r *rig) put(name string, key, value any) {
	r.t.Helper()
	if err := r.Map(name).Put(key, value); err != nil {
		r.t.Fatalf("put into %s: %v", name, err)
	}
}

// addTable loads a table; its slot is returned.
func (r *rig) addTable(t *table) uint16 {
	r.t.Helper()
	base, pages, rows := t.pages()
	chunk, err := ebpf.NewMap(r.Chunk)
	if err != nil {
		r.t.Fatal(err)
	}
	defer chunk.Close()
	value := make([]byte, 8*65536)
	for i, word := range rows {
		binary.LittleEndian.PutUint64(value[8*i:], word)
	}
	if err := chunk.Put(uint32(0), value); err != nil {
		r.t.Fatal(err)
	}
	r.put("row_chunks", r.nextChunk, chunk)
	first := r.nextPage
	for _, p := range pages {
		r.put("page_dir", r.nextPage, pageEntry{Row: r.nextChunk<<16 | p[0], RowCount: uint16(p[1])})
		r.nextPage++
	}
	for i, side := range t.side {
		r.put("side_rules", r.nextSide+uint32(i), side)
	}
	slot := r.nextSlot
	r.put("tables", uint32(slot), tableEntry{
		BaseVaddr: base, PageCount: uint32(len(pages)), FirstPage: first,
		FirstSide: r.nextSide, SideCount: uint32(len(t.side)), Flags: 1,
	})
	r.nextChunk++
	r.nextSide += uint32(len(t.side))
	r.nextSlot++
	return slot
}

// addProcess makes a process known with these mappings, in order of their addresses.
func (r *rig) addProcess(pid, flags uint32, mappings ...mapping) {
	r.t.Helper()
	first := r.nextMapping
	for _, m := range mappings {
		r.put("mappings", r.nextMapping, m)
		r.nextMapping++
	}
	r.put("processes", pid, process{r.nextGenerate, first, uint32(len(mappings)), flags})
	r.nextGenerate++
	r.processesChanged()
}

// addChild makes a child known whose own file has table `slot`.
func (r *rig) addChild(c *child, more ...mapping) {
	r.t.Helper()
	slot := r.addTable(c.table)
	r.addProcess(c.pid, 0, append(c.textMappings(r.t, slot), more...)...)
}

// sampleProcess samples a process by the software CPU clock until the test ends.
func (r *rig) sampleProcess(pid uint32, hz uint64) {
	r.t.Helper()
	// A period and not a frequency: those are refused where the kernel has found samples too slow.
	r.openEvent(&unix.PerfEventAttr{Type: unix.PERF_TYPE_SOFTWARE, Config: unix.PERF_COUNT_SW_CPU_CLOCK,
		Sample: 1_000_000_000 / hz}, pid, r.Program(Sample))
}

// A record as it was in the ring.
type record struct {
	Header struct {
		Kind, End, Flags, Probe  uint8
		CPU, TGID, TID           uint32
		KernelFrames, UserFrames uint16
		Generation               uint32
		TimeNs, Value            uint64
		Comm                     [16]byte
		StackBytes, StateReason  uint32
	}
	kernel, user []uint64
	rest         []byte // kind 4: registers and stack
	link         []byte // trace ID and span ID, with the flag `linked`
}

func parseRecord(raw []byte) (*record, error) {
	rec := &record{}
	reader := bytes.NewReader(raw)
	if err := binary.Read(reader, binary.LittleEndian, &rec.Header); err != nil {
		return nil, err
	}
	rec.kernel = make([]uint64, rec.Header.KernelFrames)
	rec.user = make([]uint64, rec.Header.UserFrames)
	if err := errors.Join(binary.Read(reader, binary.LittleEndian, rec.kernel),
		binary.Read(reader, binary.LittleEndian, rec.user)); err != nil {
		return nil, fmt.Errorf("record of %d bytes: %w", len(raw), err)
	}
	rec.rest = raw[len(raw)-reader.Len():]
	if rec.Header.Flags&linked != 0 && len(rec.rest) >= 24 {
		rec.link = rec.rest[len(rec.rest)-24:]
		rec.rest = rec.rest[:len(rec.rest)-24]
	}
	if rec.Header.Kind != 4 && len(rec.rest) != 0 {
		return nil, fmt.Errorf("%d bytes behind the frames", len(rec.rest))
	}
	return rec, nil
}

// next returns the next record, waiting for it.
func (r *rig) next() *record {
	r.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		// Nothing wakes readers, so look again at short intervals.
		r.ring.SetDeadline(time.Now().Add(5 * time.Millisecond))
		raw, err := r.ring.Read()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			continue
		}
		if err != nil {
			r.t.Fatal(err)
		}
		rec, err := parseRecord(raw.RawSample)
		if err != nil {
			r.t.Fatal(err)
		}
		return rec
	}
	r.t.Fatalf("no record came; counters: %v", r.counters())
	return nil
}

// counters returns the counters that are not 0, summed over CPUs.
func (r *rig) counters() map[uint32]uint64 {
	r.t.Helper()
	sums := map[uint32]uint64{}
	for _, s := range r.scratches {
		for i := range s.Counters {
			if n := atomic.LoadUint64(&s.Counters[i]); n != 0 {
				sums[uint32(i)] += n
			}
		}
	}
	return sums
}
