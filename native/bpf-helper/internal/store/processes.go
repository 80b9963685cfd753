// SPDX-License-Identifier: Apache-2.0

package store

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/cilium/ebpf"

	"otelkit/bpf-helper/internal/alloc"
	"otelkit/bpf-helper/internal/kernelmap"
	"otelkit/bpf-helper/internal/limits"
)

// ErrNoSpace is a map that is full; a larger mapScale helps.
var ErrNoSpace = errors.New("no space left in a map")

// Processes writes `processes` and `mappings`.
type Processes struct {
	mutex    sync.Mutex
	hash     *ebpf.Map
	mappings window[kernelmap.Mapping]
	space    *alloc.Extents
	replaced *alloc.Graveyard[*kernelmap.Range]
	// Changed is called after each change of `processes`; nil where nobody has to know.
	Changed func()
}

// NewProcesses takes both maps, which stay the caller's.
func NewProcesses(hash, mappings *ebpf.Map) (*Processes, error) {
	count := int(mappings.MaxEntries())
	w, err := openWindow[kernelmap.Mapping](mappings.FD(), 0, count)
	if err != nil {
		return nil, err
	}
	return &Processes{
		hash: hash, mappings: w, space: alloc.New(count),
		replaced: alloc.NewGraveyard[*kernelmap.Range](limits.Grace),
	}, nil
}

// Close unmaps the array.
func (p *Processes) Close() { p.mappings.close() }

// PutMappings writes mappings to a free range.
func (p *Processes) PutMappings(mappings []kernelmap.Mapping) (*kernelmap.Range, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	first, ok := p.space.Take(len(mappings))
	if !ok {
		return nil, fmt.Errorf("%w: mappings: %d wanted, %d of %d left", ErrNoSpace, len(mappings),
			p.space.Left(), p.space.Size())
	}
	copy(p.mappings.Entries[first:], mappings)
	return &kernelmap.Range{First: first, Count: len(mappings), Users: 1}, nil
}

// Patch changes what a mapping is, not where. The word with its slot comes after its bias: until
// then the mapping's file counts as unknown.
func (p *Processes) Patch(r *kernelmap.Range, mapping kernelmap.Mapping) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	entries := p.mappings.Entries[r.First : r.First+r.Count]
	at, found := slices.BinarySearchFunc(entries, mapping.Start,
		func(m kernelmap.Mapping, start uint64) int { return cmp.Compare(m.Start, start) })
	if !found || entries[at].End != mapping.End {
		return false
	}
	atomic.StoreUint64(&entries[at].Bias, mapping.Bias)
	atomic.StoreUint64((*uint64)(unsafe.Pointer(&entries[at].Slot)),
		*(*uint64)(unsafe.Pointer(&mapping.Slot)))
	return true
}

// Release gives a range up, which is used again after a time of grace.
func (p *Processes) Release(r *kernelmap.Range) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	r.Users--
	if r.Users == 0 {
		p.replaced.Bury(time.Now(), r)
	}
}

// Tick takes back what nobody can be reading any more.
func (p *Processes) Tick(now time.Time) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.replaced.Expired(now, func(r *kernelmap.Range) { p.space.Give(r.First, r.Count) })
}

// Left is how many mappings still fit.
func (p *Processes) Left() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.space.Left()
}

// SetProcess makes an entry count.
func (p *Processes) SetProcess(pid uint32, entry kernelmap.Process) error {
	if err := update(p.hash.FD(), &pid, &entry); err != nil {
		return fmt.Errorf("process %d: %w", pid, err)
	}
	p.tellChange()
	return nil
}

func (p *Processes) tellChange() {
	if p.Changed != nil {
		p.Changed()
	}
}

// DeleteProcess removes an entry.
func (p *Processes) DeleteProcess(pid uint32) error {
	if err := remove(p.hash.FD(), &pid); err != nil {
		return fmt.Errorf("process %d: %w", pid, err)
	}
	p.tellChange()
	return nil
}
