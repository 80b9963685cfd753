// SPDX-License-Identifier: Apache-2.0
package profilebpf

import (
	"bufio"
	"fmt"
	"os/exec"
	"sort"
	"strconv"
	"strings"
)

const pageBytes = 1024

// cfaKind of docs/profile-internals.md, section 1.
const (
	cfaNone uint8 = iota
	cfaEnd
	cfaSP
	cfaFP
	cfaDerefFP
	cfaDerefSP
	cfaPLT
	cfaSignal
	cfaFramePointer
	cfaSide
)

// row is an unwind row before it is packed into a page.
type row struct {
	vaddr       uint64
	kind, saved uint8
	cfa, fp     int16
}

func (r row) pack(pageOffset uint64) uint64 {
	return pageOffset | uint64(r.kind)<<16 | uint64(r.saved)<<24 |
		uint64(uint16(r.cfa))<<32 | uint64(uint16(r.fp))<<48
}

// table is an unwind table; rows in ascending order.
type table struct {
	rows []row
	side []sideRule
}

// readTable makes a table from readelf's reading of .eh_frame.
func readTable(path string) (*table, error) {
	out, err := exec.Command("readelf", "-W", "--debug-dump=frames-interp", path).Output()
	if err != nil {
		return nil, fmt.Errorf("readelf: %w", err)
	}
	t := &table{}
	cies := map[string]row{}
	var columns []string
	var cie string // of whose rows these are; empty in an FDE
	var end uint64
	flush := func() {
		if end != 0 {
			t.rows = append(t.rows, row{vaddr: end})
		}
		end = 0
	}
	scanner := bufio.NewScanner(strings.NewReader(string(out)))
	for scanner.Scan() {
		words := strings.Fields(scanner.Text())
		switch {
		case len(words) > 3 && words[3] == "CIE":
			flush()
			cie = words[0]
		case len(words) > 5 && words[3] == "FDE":
			flush()
			cie = ""
			bounds := strings.Split(strings.TrimPrefix(words[5], "pc="), "..")
			start := hex(bounds[0])
			end = hex(bounds[1])
			first := cies[strings.TrimPrefix(words[4], "cie=")]
			first.vaddr = start
			t.rows = append(t.rows, first)
		case len(words) > 1 && words[0] == "LOC":
			columns = words
		case len(words) == len(columns) && len(words) > 1:
			r := parseRow(columns, words)
			if cie != "" {
				cies[cie] = r
			} else {
				t.rows = append(t.rows, r)
			}
		}
	}
	flush()
	return t, scanner.Err()
}

func hex(text string) uint64 {
	value, err := strconv.ParseUint(text, 16, 64)
	if err != nil {
		panic(err)
	}
	return value
}

func parseRow(columns, words []string) row {
	r := row{vaddr: hex(words[0])}
	for i, column := range columns {
		value := words[i]
		switch column {
		case "CFA":
			register, offset, found := strings.Cut(value, "+")
			n, err := strconv.Atoi(offset)
			if !found || err != nil || (register != "rsp" && register != "rbp") {
				return r // an expression: NONE
			}
			r.kind, r.cfa = cfaSP, int16(n)
			if register == "rbp" {
				r.kind = cfaFP
			}
		case "rbp":
			if n, err := strconv.Atoi(strings.TrimPrefix(value, "c")); err == nil {
				r.saved |= 1
				r.fp = int16(n)
			}
		case "ra":
			if value == "u" {
				r.saved |= 2 << 4
			}
		}
	}
	return r
}

// set replaces the rules of [from, to) by one.
func (t *table) set(from, to uint64, r row) {
	after := t.at(to)
	kept := t.rows[:0:0]
	for _, old := range t.rows {
		if old.vaddr < from || old.vaddr >= to {
			kept = append(kept, old)
		}
	}
	r.vaddr, after.vaddr = from, to
	t.rows = append(kept, r, after)
}

// at returns the rule for an address, of the latest row where several begin there.
func (t *table) at(vaddr uint64) row {
	found := row{}
	for _, r := range t.rows {
		if r.vaddr <= vaddr && r.vaddr >= found.vaddr {
			found = r
		}
	}
	return found
}

// pages packs the table: rows, and for each page of 1,024 bytes from base its first row and count.
func (t *table) pages() (base uint64, pages [][2]uint32, packed []uint64) {
	sort.SliceStable(t.rows, func(i, j int) bool { return t.rows[i].vaddr < t.rows[j].vaddr })
	base = t.rows[0].vaddr &^ (pageBytes - 1)
	last := t.rows[len(t.rows)-1].vaddr
	carried, next := row{}, 0
	for start := base; start <= last; start += pageBytes {
		first := uint32(len(packed))
		packed = append(packed, carried.pack(0))
		for ; next < len(t.rows) && t.rows[next].vaddr < start+pageBytes; next++ {
			carried = t.rows[next]
			word := carried.pack(carried.vaddr - start)
			if uint16(packed[len(packed)-1]) == uint16(word) {
				packed = packed[:len(packed)-1]
			}
			packed = append(packed, word)
		}
		pages = append(pages, [2]uint32{first, uint32(len(packed)) - first})
	}
	return base, pages, packed
}

// addHandWritten adds the rules that .eh_frame has as expressions or not at all.
func (p *program) addHandWritten() {
	set := func(name string, skip uint64, r row) {
		at := p.address(name)
		for _, s := range p.symbols {
			if s.Name == name {
				p.table.set(at+skip, at+s.Size, r)
			}
		}
	}
	// A handler returns to its first byte, so the look-up is of the byte before.
	p.table.set(p.restorer-1, p.restorer+9, row{kind: cfaSignal})
	set("stub_plt", 0, row{kind: cfaPLT, cfa: 10})
	set("stub_deref_sp", 0, row{kind: cfaDerefSP, cfa: 8})
	set("stub_deref_fp", 0, row{kind: cfaDerefFP, cfa: -8, saved: 1, fp: -16})
	set("stub_register", 0, row{kind: cfaSide, cfa: 0})
	set("stub_return_register", 0, row{kind: cfaSide, cfa: 1})
	p.table.side = []sideRule{
		{CFAOffset: 16, FPOffset: -24, RAOffset: -8, CFARegister: 10, FPKind: 1},
		{CFAOffset: 8, CFARegister: 7, RAKind: 1, RARegister: 1},
	}
}
