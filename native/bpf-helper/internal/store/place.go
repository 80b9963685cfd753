// SPDX-License-Identifier: Apache-2.0

package store

import (
	"fmt"
	"unsafe"

	"otelkit/bpf-helper/internal/kernelmap"
	"otelkit/bpf-helper/internal/table"
)

// place writes all parts of a table to free places. What it took so far is returned with an error.
func (t *Tables) place(data *table.Table) (*placed, error) {
	p := &placed{rowCount: data.RowCount}
	if data.SideCount > 0 {
		if err := t.placeSides(data, p); err != nil {
			return p, err
		}
	}
	if data.PageCount == 0 {
		return p, nil
	}
	first, ok := t.pages.Take(data.PageCount)
	if !ok {
		return p, fmt.Errorf("%w: pages: %d of %d left", ErrNoSpace, t.pages.Left(), t.pages.Size())
	}
	p.firstPage, p.pageCount = first, data.PageCount
	directory, err := openWindow[kernelmap.Page](t.maps.PageDir.FD(), first, data.PageCount)
	if err != nil {
		return p, err
	}
	defer directory.close()
	return p, t.placeRows(data, p, directory.Entries)
}

func (t *Tables) placeSides(data *table.Table, p *placed) error {
	first, ok := t.sides.Take(data.SideCount)
	if !ok {
		return fmt.Errorf("%w: side rules: %d wanted, %d left", ErrNoSpace, data.SideCount,
			t.sides.Left())
	}
	p.firstSide, p.sideCount = first, data.SideCount
	w, err := openWindow[[table.SideBytes]byte](t.maps.SideRules.FD(), first, data.SideCount)
	if err != nil {
		return err
	}
	defer w.close()
	copy(bytesOf(w.Entries), data.Sides())
	return nil
}

// placeRows fills one run of free rows after another with whole pages.
func (t *Tables) placeRows(data *table.Table, p *placed, directory []kernelmap.Page) error {
	left := 0
	for i := range data.PageCount {
		_, count := data.Page(i)
		left += count
	}
	page := 0
	for page < data.PageCount {
		_, count := data.Page(page)
		if count == 0 {
			directory[page] = kernelmap.Page{}
			page++
			continue
		}
		run, err := t.takeRows(count, left)
		if err != nil {
			return err
		}
		next, used, err := t.fillRun(data, page, run, directory)
		if rest := run.count - used; rest > 0 {
			t.chunks.give(piece{run.chunk, run.first + used, rest})
		}
		if used > 0 {
			p.rows = append(p.rows, piece{run.chunk, run.first, used})
		}
		if err != nil {
			return err
		}
		page, left = next, left-used
	}
	return nil
}

func (t *Tables) takeRows(least, want int) (piece, error) {
	if run, ok := t.chunks.take(least, want); ok {
		return run, nil
	}
	if err := t.chunks.grow(want/kernelmap.ChunkRows + moreChunks); err != nil {
		return piece{}, err
	}
	run, ok := t.chunks.take(least, want)
	if !ok {
		return piece{}, fmt.Errorf("%w: rows", ErrNoSpace)
	}
	return run, nil
}

func (t *Tables) fillRun(data *table.Table, page int, run piece, directory []kernelmap.Page) (
	next, used int, err error,
) {
	w, err := openWindow[[table.RowBytes]byte](t.chunks.fd(run.chunk), run.first, run.count)
	if err != nil {
		return page, 0, err
	}
	defer w.close()
	for ; page < data.PageCount; page++ {
		first, count := data.Page(page)
		if used+count > run.count {
			break
		}
		entry := kernelmap.Page{}
		if count > 0 {
			copy(bytesOf(w.Entries[used:used+count]), data.Rows(first, count))
			entry.Row = uint32(run.chunk)<<16 | uint32(run.first+used)
			entry.RowCount = uint16(count)
		}
		directory[page] = entry
		used += count
	}
	return page, used, nil
}

// bytesOf is the memory of a slice of byte arrays.
func bytesOf[T [table.RowBytes]byte | [table.SideBytes]byte](entries []T) []byte {
	if len(entries) == 0 {
		return nil
	}
	var entry T
	return unsafe.Slice((*byte)(unsafe.Pointer(&entries[0])), len(entries)*int(unsafe.Sizeof(entry)))
}
