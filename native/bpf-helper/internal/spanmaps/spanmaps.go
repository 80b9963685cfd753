// SPDX-License-Identifier: Apache-2.0

// Package spanmaps finds the maps by which tracers of Go programs tell which span a goroutine is in
// (docs/go-internals.md §6), and hands them to the profiler's programs. Nothing is pinned: a map is
// found by walking the kernel's numbers, and given up when its tracer is gone.
package spanmaps

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"github.com/cilium/ebpf"
)

// The shape of such a map, bpf/include/goroutine_spans.h.
const (
	Name       = "goroutine_spans"
	keyBytes   = 16
	valueBytes = 48
	magic      = 0x31534e4150534f47
	aliveAt    = 8
)

// StaleNs is after how long without a sign of life a tracer or reader counts as gone.
const StaleNs = 4e9

// Key is where one of the two sides says that it lives.
type Key [keyBytes]byte

// The tracer that writes such a map, and the profiler that reads it.
var (
	Tracer = Key{}
	Reader = Key{12: 1}
)

// Say writes that this side lives.
func Say(spans *ebpf.Map, side Key, nowNs uint64) error {
	value := make([]byte, valueBytes)
	binary.LittleEndian.PutUint64(value, magic)
	binary.LittleEndian.PutUint64(value[aliveAt:], nowNs)
	return spans.Put(side, value)
}

// IsAlive is whether that side has said so lately.
func IsAlive(spans *ebpf.Map, side Key, nowNs uint64) bool {
	value := make([]byte, valueBytes)
	if spans.Lookup(side, &value) != nil || binary.LittleEndian.Uint64(value) != magic {
		return false
	}
	return binary.LittleEndian.Uint64(value[aliveAt:])+StaleNs > nowNs
}

// MaxLooked is how many maps are looked at in one call; the rest follows in the next.
const MaxLooked = 4096

// Finder keeps `span_maps` up to date. For one goroutine.
type Finder struct {
	outer *ebpf.Map
	taken []*candidate
	// waiting are maps of the right shape whose tracer has not shown itself, or not lately.
	waiting []*candidate
	last    ebpf.MapID
	denied  bool
	// Changed is called with the slots that are taken.
	Changed func(slots uint32)
}

type candidate struct {
	id    ebpf.MapID
	spans *ebpf.Map
}

// MaxWaiting bounds the maps that only look like one.
const MaxWaiting = 16

// New takes `span_maps`, which stays the caller's.
func New(outer *ebpf.Map, changed func(slots uint32)) *Finder {
	return &Finder{outer: outer, taken: make([]*candidate, outer.MaxEntries()), Changed: changed}
}

// Look finds new tracers and forgets those that are gone. Walking the numbers of maps needs
// CAP_SYS_ADMIN; ErrPermission is told once.
func (f *Finder) Look(nowNs uint64) error {
	f.forgetStale(nowNs)
	if err := f.collect(); err != nil {
		return err
	}
	rest := f.waiting[:0]
	for _, c := range f.waiting {
		if !IsAlive(c.spans, Tracer, nowNs) || !f.take(c) {
			rest = append(rest, c)
		}
	}
	f.waiting = rest
	f.sayRead(nowNs)
	return nil
}

// sayRead lets tracers know that somebody reads: without that they would write for nobody.
func (f *Finder) sayRead(nowNs uint64) {
	for _, held := range f.taken {
		if held != nil {
			_ = Say(held.spans, Reader, nowNs)
		}
	}
}

// collect looks at maps that were made since the last time: the kernel counts their numbers up.
func (f *Finder) collect() error {
	if f.denied {
		return nil
	}
	for range MaxLooked {
		next, err := ebpf.MapGetNextID(f.last)
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			f.denied = true
			return fmt.Errorf("looking for tracers of Go programs: %w", err)
		}
		f.last = next
		spans, err := ebpf.NewMapFromID(next)
		if err != nil {
			continue // It is gone again.
		}
		if !isOne(spans) || len(f.waiting) >= MaxWaiting {
			spans.Close()
			continue
		}
		f.waiting = append(f.waiting, &candidate{next, spans})
	}
	return nil
}

func isOne(m *ebpf.Map) bool {
	info, err := m.Info()
	return err == nil && info.Name == Name && m.Type() == ebpf.Hash && m.KeySize() == keyBytes &&
		m.ValueSize() == valueBytes && m.Flags() == 0
}

func (f *Finder) take(c *candidate) bool {
	for slot, held := range f.taken {
		if held != nil {
			continue
		}
		if f.outer.Put(uint32(slot), c.spans) != nil {
			return false
		}
		f.taken[slot] = c
		f.tell()
		return true
	}
	return false
}

// forgetStale also looks again at what waits: a tracer that was stopped may go on.
func (f *Finder) forgetStale(nowNs uint64) {
	for slot, held := range f.taken {
		if held == nil || IsAlive(held.spans, Tracer, nowNs) {
			continue
		}
		_ = f.outer.Delete(uint32(slot))
		f.taken[slot] = nil
		f.tell()
		f.waiting = append(f.waiting, held)
	}
	// Holding a map keeps it: the oldest that shows no life is let go.
	for len(f.waiting) > MaxWaiting {
		f.waiting[0].spans.Close()
		f.waiting = f.waiting[1:]
	}
}

func (f *Finder) tell() {
	slots := uint32(0)
	for slot, held := range f.taken {
		if held != nil {
			slots |= 1 << slot
		}
	}
	f.Changed(slots)
}

// Close lets all of them go.
func (f *Finder) Close() {
	for _, held := range append(f.waiting, f.taken...) {
		if held != nil {
			held.spans.Close()
		}
	}
	f.waiting, f.taken = nil, nil
}
