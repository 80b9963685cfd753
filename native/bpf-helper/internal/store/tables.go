// SPDX-License-Identifier: Apache-2.0

package store

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cilium/ebpf"

	"otelkit/bpf-helper/internal/alloc"
	"otelkit/bpf-helper/internal/kernelmap"
	"otelkit/bpf-helper/internal/limits"
	"otelkit/bpf-helper/internal/table"
)

// Tables writes `tables`, `page_dir`, `side_rules` and `row_chunks`.
type Tables struct {
	mutex    sync.Mutex
	maps     TableMaps
	chunks   chunks
	pages    *alloc.Extents
	sides    *alloc.Extents
	loaded   map[uint16]*placed
	replaced *alloc.Graveyard[*placed]
}

// TableMaps are the maps, which stay the caller's; Chunk describes the inner ones of RowChunks.
type TableMaps struct {
	Tables, PageDir, SideRules, RowChunks *ebpf.Map
	Chunk                                 *ebpf.MapSpec
}

// placed is where one table's parts are.
type placed struct {
	firstPage, pageCount int
	firstSide, sideCount int
	rows                 []piece
	rowCount             int
}

// ErrBadSlot is a number no file can have.
var ErrBadSlot = errors.New("bad slot")

// NewTables makes the first chunks.
func NewTables(maps TableMaps) (*Tables, error) {
	t := &Tables{
		maps:     maps,
		chunks:   chunks{outer: maps.RowChunks, spec: maps.Chunk},
		pages:    alloc.New(int(maps.PageDir.MaxEntries())),
		sides:    alloc.New(int(maps.SideRules.MaxEntries())),
		loaded:   map[uint16]*placed{},
		replaced: alloc.NewGraveyard[*placed](limits.Grace),
	}
	if err := t.chunks.grow(firstChunks); err != nil {
		t.chunks.close()
		return nil, err
	}
	return t, nil
}

// Close frees the chunks.
func (t *Tables) Close() { t.chunks.close() }

// Load makes a table that of a slot, in place of the one that is there.
func (t *Tables) Load(slot uint32, data *table.Table) error {
	if slot == 0 || slot > limits.MaxSlot || int(slot) >= int(t.maps.Tables.MaxEntries()) {
		return fmt.Errorf("%w: %d", ErrBadSlot, slot)
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	p, err := t.place(data)
	if err != nil {
		t.free(p)
		return fmt.Errorf("table of slot %d (%d pages, %d rows): %w", slot, data.PageCount,
			data.RowCount, err)
	}
	old := t.loaded[uint16(slot)]
	if err := t.setEntry(slot, data, p); err != nil {
		t.free(p)
		return err
	}
	t.loaded[uint16(slot)] = p
	if old != nil {
		t.replaced.Bury(time.Now(), old)
	}
	t.chunks.growAhead()
	return nil
}

// Unload makes a slot one without a table.
func (t *Tables) Unload(slot uint32) error {
	if slot == 0 || slot > limits.MaxSlot {
		return fmt.Errorf("%w: %d", ErrBadSlot, slot)
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	old := t.loaded[uint16(slot)]
	if old == nil {
		return nil
	}
	if err := t.setEntry(slot, nil, nil); err != nil {
		return err
	}
	delete(t.loaded, uint16(slot))
	t.replaced.Bury(time.Now(), old)
	return nil
}

// Tick frees what was replaced long enough ago.
func (t *Tables) Tick(now time.Time) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.replaced.Expired(now, t.free)
}

func (t *Tables) free(p *placed) {
	if p == nil {
		return
	}
	t.pages.Give(p.firstPage, p.pageCount)
	t.sides.Give(p.firstSide, p.sideCount)
	for _, rows := range p.rows {
		t.chunks.give(rows)
	}
}

// setEntry writes the table's entry; its flag goes first and comes last, since programs are reading.
func (t *Tables) setEntry(slot uint32, data *table.Table, p *placed) error {
	w, err := openWindow[kernelmap.Table](t.maps.Tables.FD(), int(slot), 1)
	if err != nil {
		return err
	}
	defer w.close()
	entry := &w.Entries[0]
	atomic.StoreUint32(&entry.Flags, 0)
	if p == nil {
		return nil
	}
	atomic.StoreUint64(&entry.BaseVaddr, data.BaseVaddr)
	atomic.StoreUint32(&entry.PageCount, uint32(p.pageCount))
	atomic.StoreUint32(&entry.FirstPage, uint32(p.firstPage))
	atomic.StoreUint32(&entry.FirstSide, uint32(p.firstSide))
	atomic.StoreUint32(&entry.SideCount, uint32(p.sideCount))
	atomic.StoreUint32(&entry.Flags, kernelmap.TableLoaded)
	return nil
}

// Usage is how full the maps are.
type Usage struct {
	Tables    int `json:"tables"`
	Rows      int `json:"tableRows"`
	Chunks    int `json:"rowChunks"`
	PagesLeft int `json:"tablePagesLeft"`
	SidesLeft int `json:"sideRulesLeft"`
}

// Usage returns it.
func (t *Tables) Usage() Usage {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	rows, chunkCount := t.chunks.usage()
	return Usage{len(t.loaded), rows, chunkCount, t.pages.Left(), t.sides.Left()}
}
