// SPDX-License-Identifier: Apache-2.0

package store

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"testing"
	"time"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/kernelmap"
	"otelkit/bpf-helper/internal/table"
)

const later = time.Hour

// newMap makes a real map, or skips the test where that is not permitted.
func newMap(t *testing.T, spec ebpf.MapSpec) *ebpf.Map {
	t.Helper()
	m, err := ebpf.NewMap(&spec)
	if errors.Is(err, os.ErrPermission) {
		t.Skip("skip: BPF maps are not permitted here, run as root")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func array(valueBytes, entries uint32) ebpf.MapSpec {
	return ebpf.MapSpec{
		Type: ebpf.Array, KeySize: 4, ValueSize: valueBytes, MaxEntries: entries,
		Flags: unix.BPF_F_MMAPABLE,
	}
}

func newTables(t *testing.T, pages uint32) *Tables {
	t.Helper()
	chunk := array(kernelmap.ChunkBytes, 1)
	outer := ebpf.MapSpec{
		Type: ebpf.ArrayOfMaps, KeySize: 4, ValueSize: 4, MaxEntries: 40, InnerMap: &chunk,
	}
	tables, err := NewTables(TableMaps{
		Tables: newMap(t, array(32, 65280)), PageDir: newMap(t, array(8, pages)),
		SideRules: newMap(t, array(24, 65536)), RowChunks: newMap(t, outer), Chunk: &chunk,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tables.Close)
	return tables
}

// makeTable has pages of rowsOfPage rows; a row's last bytes are its number, to be found again.
func makeTable(t *testing.T, pages, rowsOfPage, sides int) *table.Table {
	t.Helper()
	data := make([]byte, table.HeaderBytes)
	copy(data, "OTKUNW\x00\x01")
	binary.LittleEndian.PutUint32(data[8:], 62)
	binary.LittleEndian.PutUint64(data[16:], 0x400000)
	binary.LittleEndian.PutUint32(data[24:], uint32(pages))
	binary.LittleEndian.PutUint32(data[28:], uint32(pages*rowsOfPage))
	binary.LittleEndian.PutUint32(data[32:], uint32(sides))
	for page := range pages {
		data = binary.LittleEndian.AppendUint32(data, uint32(page*rowsOfPage))
		data = binary.LittleEndian.AppendUint16(data, uint16(rowsOfPage))
		data = append(data, 0, 0)
	}
	for row := range pages * rowsOfPage {
		data = binary.LittleEndian.AppendUint16(data, uint16(row%rowsOfPage))
		data = append(data, 2, 0)
		data = binary.LittleEndian.AppendUint32(data, uint32(row))
	}
	data = append(data, make([]byte, sides*table.SideBytes)...)
	binary.LittleEndian.PutUint32(data[36:], crc32.ChecksumIEEE(data[table.HeaderBytes:]))
	parsed, err := table.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// check reads a table back as the BPF side does: entry, page, chunk, row.
func (tables *Tables) check(t *testing.T, slot uint32, want *table.Table) {
	t.Helper()
	var entry kernelmap.Table
	if err := tables.maps.Tables.Lookup(slot, &entry); err != nil {
		t.Fatal(err)
	}
	if entry.Flags != kernelmap.TableLoaded || entry.BaseVaddr != want.BaseVaddr ||
		int(entry.PageCount) != want.PageCount || int(entry.SideCount) != want.SideCount {
		t.Fatalf("slot %d: %+v", slot, entry)
	}
	chunks := map[uint32][]byte{}
	for page := range want.PageCount {
		var p kernelmap.Page
		if err := tables.maps.PageDir.Lookup(entry.FirstPage+uint32(page), &p); err != nil {
			t.Fatal(err)
		}
		first, count := want.Page(page)
		if int(p.RowCount) != count {
			t.Fatalf("page %d: %+v", page, p)
		}
		chunk := p.Row >> 16
		if chunks[chunk] == nil {
			var inner *ebpf.Map
			if err := tables.maps.RowChunks.Lookup(chunk, &inner); err != nil {
				t.Fatal(err)
			}
			chunks[chunk], _ = inner.LookupBytes(uint32(0))
			inner.Close()
		}
		start := int(p.Row&0xffff) * 8
		if got := chunks[chunk][start : start+8*count]; string(got) != string(want.Rows(first, count)) {
			t.Fatalf("page %d: other rows at chunk %d row %d", page, chunk, start/8)
		}
	}
}

func TestTablesAreFoundAgainInTheMaps(t *testing.T) {
	tables := newTables(t, 1<<20)
	small, large, wide := makeTable(t, 3, 7, 5), makeTable(t, 300, 1000, 0), makeTable(t, 1000, 1, 2)
	for slot, data := range map[uint32]*table.Table{1: small, 2: large, 65279: wide} {
		if err := tables.Load(slot, data); err != nil {
			t.Fatal(err)
		}
	}
	tables.check(t, 1, small)
	tables.check(t, 2, large)
	tables.check(t, 65279, wide)
	for range 20 { // Again and again, as after an update of the file.
		if err := tables.Load(1, large); err != nil {
			t.Fatal(err)
		}
		if err := tables.Load(1, small); err != nil {
			t.Fatal(err)
		}
		tables.Tick(time.Now().Add(later))
	}
	tables.check(t, 1, small)
	tables.check(t, 2, large)
}

func TestUnloadingGivesEverythingBackAfterAWhile(t *testing.T) {
	tables := newTables(t, 1<<16)
	data := makeTable(t, 200, 500, 100)
	if err := tables.Load(9, data); err != nil {
		t.Fatal(err)
	}
	if err := tables.Unload(9); err != nil {
		t.Fatal(err)
	}
	var entry kernelmap.Table
	if err := tables.maps.Tables.Lookup(uint32(9), &entry); err != nil || entry.Flags != 0 {
		t.Errorf("%+v, %v", entry, err)
	}
	tables.Tick(time.Now())
	if tables.Usage().Rows == 0 {
		t.Error("the rows were free at once, while a program may have been reading them")
	}
	tables.Tick(time.Now().Add(later))
	if usage := tables.Usage(); usage.Rows != 0 || usage.PagesLeft != 1<<16 || usage.SidesLeft != 1<<16 {
		t.Errorf("%+v", usage)
	}
}

func TestATableThatDoesNotFitLeavesTheOthersAlone(t *testing.T) {
	tables := newTables(t, 8192)
	small := makeTable(t, 100, 10, 0)
	if err := tables.Load(1, small); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]*table.Table{
		"pages": makeTable(t, 8193, 1, 0), "rows": makeTable(t, 4000, 1000, 0),
	} {
		if err := tables.Load(2, data); !errors.Is(err, ErrNoSpace) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if usage := tables.Usage(); usage.Tables != 1 || usage.PagesLeft != 8192-100 || usage.Rows != 1000 {
		t.Errorf("%+v", usage)
	}
	tables.check(t, 1, small)
	for _, slot := range []uint32{0, 65280, 1 << 20} {
		if err := tables.Load(slot, small); !errors.Is(err, ErrBadSlot) {
			t.Errorf("slot %d: %v", slot, err)
		}
	}
}

func TestMappingsAreSharedAndGivenBack(t *testing.T) {
	hash := newMap(t, ebpf.MapSpec{Type: ebpf.Hash, KeySize: 4, ValueSize: 16, MaxEntries: 16})
	processes, err := NewProcesses(hash, newMap(t, array(32, 1000)))
	if err != nil {
		t.Fatal(err)
	}
	defer processes.Close()
	list := []kernelmap.Mapping{{Start: 1, End: 2}, {Start: 3, End: 4, Slot: 5}}
	r, err := processes.PutMappings(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := processes.SetProcess(42, kernelmap.Process{Generation: 7}); err != nil {
		t.Fatal(err)
	}
	var entry kernelmap.Process
	if err := hash.Lookup(uint32(42), &entry); err != nil || entry.Generation != 7 {
		t.Errorf("%+v, %v", entry, err)
	}
	r.Users++
	processes.Release(r)
	processes.Tick(time.Now().Add(later))
	if processes.Left() != 998 {
		t.Errorf("%d left while the range is in use", processes.Left())
	}
	processes.Release(r)
	processes.Tick(time.Now().Add(later))
	if processes.Left() != 1000 {
		t.Errorf("%d left", processes.Left())
	}
	if _, err := processes.PutMappings(make([]kernelmap.Mapping, 1001)); !errors.Is(err, ErrNoSpace) {
		t.Errorf("1001 of 1000: %v", err)
	}
	if processes.DeleteProcess(42) != nil || processes.DeleteProcess(42) == nil {
		t.Error("deleting")
	}
}
