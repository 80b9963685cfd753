// SPDX-License-Identifier: Apache-2.0

// Package table reads unwind tables (docs/profile-internals.md §1). What it accepts the BPF programs
// can use without looking outside the table's own rows, pages and side rules.
package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"otelkit/bpf-helper/internal/limits"
)

// Sizes of the parts of a table.
const (
	HeaderBytes = 64
	PageBytes   = 8
	RowBytes    = 8
	SideBytes   = 24
	PageSpan    = 1024 // bytes of address space a page stands for

	cfaSide      = 9
	dwarfRegs    = 33
	machineX64   = 62
	machineArm64 = 183
)

var magic = [8]byte{'O', 'T', 'K', 'U', 'N', 'W', 0, 1}

// ErrDamaged is a table that does not hold what its header says.
var ErrDamaged = errors.New("damaged unwind table")

// Table is a checked one; its parts are parts of the bytes that were given.
type Table struct {
	Machine   uint32
	BaseVaddr uint64
	PageCount int
	RowCount  int
	SideCount int
	pages     []byte
	rows      []byte
	sides     []byte
}

// Page returns the rows of page i.
func (t *Table) Page(i int) (first, count int) {
	entry := t.pages[i*PageBytes:]
	return int(binary.LittleEndian.Uint32(entry)), int(binary.LittleEndian.Uint16(entry[4:]))
}

// Rows returns the bytes of count rows.
func (t *Table) Rows(first, count int) []byte {
	return t.rows[first*RowBytes : (first+count)*RowBytes]
}

// Sides returns the bytes of all side rules.
func (t *Table) Sides() []byte { return t.sides }

// Parse checks everything: tables come out of a cache that other software may have damaged.
func Parse(data []byte) (*Table, error) {
	t, err := parseHeader(data)
	if err != nil {
		return nil, err
	}
	if sum := crc32.ChecksumIEEE(data[HeaderBytes:]); sum != binary.LittleEndian.Uint32(data[36:]) {
		return nil, damaged("CRC-32 %08x, the header says %08x", sum,
			binary.LittleEndian.Uint32(data[36:]))
	}
	at := HeaderBytes
	t.pages = data[at : at+t.PageCount*PageBytes]
	at += len(t.pages)
	t.rows = data[at : at+t.RowCount*RowBytes]
	at += len(t.rows)
	t.sides = data[at:]
	if err := t.checkPages(); err != nil {
		return nil, err
	}
	return t, t.checkSides()
}

func parseHeader(data []byte) (*Table, error) {
	if len(data) < HeaderBytes {
		return nil, damaged("%d bytes are less than a header", len(data))
	}
	if [8]byte(data[:8]) != magic {
		return nil, damaged("magic %q, expected %q", data[:8], magic[:])
	}
	t := &Table{
		Machine:   binary.LittleEndian.Uint32(data[8:]),
		BaseVaddr: binary.LittleEndian.Uint64(data[16:]),
	}
	pages := binary.LittleEndian.Uint32(data[24:])
	rows := binary.LittleEndian.Uint32(data[28:])
	sides := binary.LittleEndian.Uint32(data[32:])
	if t.Machine != machineX64 && t.Machine != machineArm64 {
		return nil, damaged("machine %d", t.Machine)
	}
	if pages > limits.TablePages || rows > limits.TableRows || sides > 1<<16 {
		return nil, damaged("%d pages, %d rows, %d side rules are over the limits", pages, rows, sides)
	}
	if t.BaseVaddr%PageSpan != 0 || t.BaseVaddr > 1<<limits.VaddrBits ||
		t.BaseVaddr+uint64(pages)*PageSpan > 1<<limits.VaddrBits {
		return nil, damaged("base %#x with %d pages", t.BaseVaddr, pages)
	}
	t.PageCount, t.RowCount, t.SideCount = int(pages), int(rows), int(sides)
	want := HeaderBytes + t.PageCount*PageBytes + t.RowCount*RowBytes + t.SideCount*SideBytes
	if len(data) != want {
		return nil, damaged("%d bytes, the header describes %d", len(data), want)
	}
	return t, nil
}

// checkPages also demands that pages do not share rows: otherwise a small table could fill the maps.
func (t *Table) checkPages() error {
	end := 0
	for page := range t.PageCount {
		first, count := t.Page(page)
		if count == 0 {
			continue
		}
		if count > limits.PageRows || first < end || first+count > t.RowCount {
			return damaged("page %d: rows %d to %d of %d, after row %d", page, first, first+count,
				t.RowCount, end)
		}
		end = first + count
		if err := t.checkRows(page, first, count); err != nil {
			return err
		}
	}
	return nil
}

func (t *Table) checkRows(page, first, count int) error {
	rows := t.Rows(first, count)
	last := -1
	for at := 0; at < len(rows); at += RowBytes {
		offset := int(binary.LittleEndian.Uint16(rows[at:]))
		kind := rows[at+2]
		if offset <= last || offset >= PageSpan || (last < 0 && offset != 0) {
			return damaged("page %d row %d: offset %d after %d", page, at/RowBytes, offset, last)
		}
		last = offset
		if kind > cfaSide {
			return damaged("page %d row %d: rule kind %d", page, at/RowBytes, kind)
		}
		side := int(binary.LittleEndian.Uint16(rows[at+4:]))
		if kind == cfaSide && side >= t.SideCount {
			return damaged("page %d row %d: side rule %d of %d", page, at/RowBytes, side, t.SideCount)
		}
	}
	return nil
}

func (t *Table) checkSides() error {
	for i := range t.SideCount {
		rule := t.sides[i*SideBytes:]
		register, deref, fpKind, raKind, raRegister := rule[16], rule[17], rule[18], rule[19], rule[20]
		if register >= dwarfRegs || deref > 1 || fpKind > 3 || raKind > 2 || raRegister >= dwarfRegs {
			return damaged("side rule %d: registers %d and %d, kinds %d %d %d", i, register, raRegister,
				deref, fpKind, raKind)
		}
	}
	return nil
}

func damaged(format string, values ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, values...))
}
