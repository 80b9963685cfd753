// SPDX-License-Identifier: Apache-2.0

package table

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strings"
	"testing"
)

// sample is a table of two pages with five rows and one side rule.
func sample() []byte {
	t := make([]byte, HeaderBytes)
	copy(t, magic[:])
	binary.LittleEndian.PutUint32(t[8:], machineX64)
	binary.LittleEndian.PutUint64(t[16:], 0x401000&^(PageSpan-1))
	binary.LittleEndian.PutUint32(t[24:], 3)
	binary.LittleEndian.PutUint32(t[28:], 5)
	binary.LittleEndian.PutUint32(t[32:], 1)
	page := func(first uint32, count uint16) {
		t = binary.LittleEndian.AppendUint32(t, first)
		t = binary.LittleEndian.AppendUint16(t, count)
		t = append(t, 0, 0)
	}
	page(0, 2)
	page(0, 0)
	page(2, 3)
	row := func(offset uint16, kind uint8, value int16) {
		t = binary.LittleEndian.AppendUint16(t, offset)
		t = append(t, kind, 0)
		t = binary.LittleEndian.AppendUint16(t, uint16(value))
		t = append(t, 0, 0)
	}
	row(0, 2, 8)
	row(1, 2, 16)
	row(0, 3, 16)
	row(10, cfaSide, 0)
	row(1023, 1, 0)
	side := make([]byte, SideBytes)
	side[16], side[20] = 7, 16
	return seal(append(t, side...))
}

func seal(t []byte) []byte {
	binary.LittleEndian.PutUint32(t[36:], crc32.ChecksumIEEE(t[HeaderBytes:]))
	return t
}

func TestATableIsRead(t *testing.T) {
	parsed, err := Parse(sample())
	if err != nil {
		t.Fatal(err)
	}
	if parsed.PageCount != 3 || parsed.RowCount != 5 || parsed.SideCount != 1 {
		t.Errorf("%+v", parsed)
	}
	if first, count := parsed.Page(2); first != 2 || count != 3 || len(parsed.Rows(first, count)) != 24 {
		t.Errorf("page 2: %d rows from %d", count, first)
	}
}

func TestEveryDamageIsNamed(t *testing.T) {
	const pagesAt, rowsAt, sideAt = HeaderBytes, HeaderBytes + 24, HeaderBytes + 24 + 40
	put32 := func(at int, value uint32) func([]byte) {
		return func(t []byte) { binary.LittleEndian.PutUint32(t[at:], value) }
	}
	put16 := func(at int, value uint16) func([]byte) {
		return func(t []byte) { binary.LittleEndian.PutUint16(t[at:], value) }
	}
	for want, damage := range map[string]func([]byte){
		"magic":                  func(t []byte) { t[0] = 'X' },
		"machine 3":              put32(8, 3),
		"over the limits":        put32(24, 1<<30),
		"bytes, the header":      put32(28, 6),
		"base 0x1":               put32(16, 1),
		"base 0xffff":            func(t []byte) { binary.LittleEndian.PutUint64(t[16:], 0xfffffffffffffc00) },
		"page 0: rows 4":         put32(pagesAt, 4),
		"page 2: rows 0":         put32(pagesAt+16, 0),
		"page 0: rows 0 to 2000": put16(pagesAt+4, 2000),
		"page 0 row 1: offset 0": put16(rowsAt+8, 0),
		"page 0 row 0: offset 1": put16(rowsAt, 1),
		"row 2: offset 1024":     put16(rowsAt+32, 1024),
		"rule kind 10":           func(t []byte) { t[rowsAt+2] = 10 },
		"side rule 1 of 1":       put16(rowsAt+24+4, 1),
		"side rule 0: registers": func(t []byte) { t[sideAt+16] = 33 },
		"side rule 0: registers 7 and 16, kinds 2": func(t []byte) { t[sideAt+17] = 2 },
	} {
		data := sample()
		damage(data)
		_, err := Parse(seal(data))
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	changed := sample()
	changed[len(changed)-1] ^= 1
	if _, err := Parse(changed); err == nil || !strings.Contains(err.Error(), "CRC-32") {
		t.Errorf("a changed byte: %v", err)
	}
	for size := range sample() {
		if _, err := Parse(sample()[:size]); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut to %d bytes: %v", size, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample())
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) >= HeaderBytes {
			seal(data)
		}
		parsed, err := Parse(data)
		if err != nil {
			return
		}
		rows := 0
		for page := range parsed.PageCount {
			first, count := parsed.Page(page)
			rows += len(parsed.Rows(first, count)) / RowBytes
		}
		if rows > parsed.RowCount {
			t.Fatalf("pages show %d rows of %d", rows, parsed.RowCount)
		}
	})
}
