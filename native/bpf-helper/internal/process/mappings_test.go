// SPDX-License-Identifier: Apache-2.0

package process

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"otelkit/bpf-helper/internal/kernelmap"
)

// Every page of a small address space is compared with what was mapped there last.
func TestMappingsAreWhatWasMappedLast(t *testing.T) {
	type page struct {
		file   *File
		offset uint64
		mapped bool
	}
	random := rand.New(rand.NewPCG(3, 4))
	files := []*File{nil, {Ref: 1}, {Ref: 2}}
	for range 200 {
		p := &Process{}
		var model [64]page
		for range 60 {
			start := uint64(random.IntN(60))
			end := start + 1 + uint64(random.IntN(4))
			m := Mapping{start, end, uint64(random.IntN(8)), files[random.IntN(3)]}
			if m.File == nil {
				m.FileOffset = 0
			}
			if random.IntN(10) == 0 {
				p.owned = false // As after a fork.
			}
			p.insert(m)
			for at := start; at < end; at++ {
				model[at] = page{m.File, m.FileOffset + at - start, true}
			}
			checkOrder(t, p.mappings)
		}
		var got [64]page
		for _, m := range p.mappings {
			for at := m.Start; at < m.End; at++ {
				got[at] = page{m.File, m.FileOffset + at - m.Start, true}
			}
		}
		for at := range model {
			if model[at].file == nil {
				model[at].offset, got[at].offset = 0, 0
			}
			if got[at] != model[at] {
				t.Fatalf("page %d: %+v, expected %+v", at, got[at], model[at])
			}
		}
	}
}

func checkOrder(t *testing.T, mappings []Mapping) {
	t.Helper()
	for i, m := range mappings {
		if m.Start >= m.End || i > 0 && m.Start < mappings[i-1].End {
			t.Fatalf("mapping %d: %+v", i, mappings)
		}
	}
}

func TestSegmentsDecideTheBias(t *testing.T) {
	file := &File{answered: true, slot: 9, kind: kernelmap.KindTable, segments: []Segment{
		{Offset: 0x1000, Vaddr: 0x11000, Size: 0x1800}, {Offset: 0x3000, Vaddr: 0x53000, Size: 0x1000},
	}}
	whole := Mapping{Start: 0x7f000000, End: 0x7f004000, FileOffset: 0x1000, File: file}
	got := whole.kernelMappings(nil)
	if len(got) != 2 || got[0].End != 0x7f002000 || got[1].Start != 0x7f002000 {
		t.Fatalf("%+v", got)
	}
	if vaddr := 0x7f000010 - got[0].Bias; vaddr != 0x11010 {
		t.Errorf("first segment: vaddr %#x", vaddr)
	}
	if vaddr := 0x7f002010 - got[1].Bias; vaddr != 0x53010 {
		t.Errorf("second segment: vaddr %#x", vaddr)
	}
	// The page before a segment's first byte is mapped with it, and a part of a segment alone.
	part := Mapping{Start: 0x7f001000, End: 0x7f002000, FileOffset: 0x2000, File: file}
	if vaddr := 0x7f001008 - part.kernelMappings(nil)[0].Bias; vaddr != 0x12008 {
		t.Errorf("a part: vaddr %#x", vaddr)
	}
	outside := Mapping{Start: 0x1000, End: 0x2000, FileOffset: 0x9000, File: file}
	if got := outside.kernelMappings(nil); got[0].Kind != kernelmap.KindNone || got[0].Slot != 9 {
		t.Errorf("no segment: %+v", got)
	}
}

func TestNamesOfMappings(t *testing.T) {
	for path, want := range map[string]content{
		"/bin/a": isFile, "[vdso]": isFile, "/memfd:x (deleted)": isFile, "/tmp/x (deleted)": isFile,
		"//anon": isAnonymous, "": isAnonymous, "[heap]": isAnonymous, "[anon:v8]": isAnonymous,
		"/dev/zero (deleted)": isAnonymous, "/SYSV00000000 (deleted)": isAnonymous,
		"[vsyscall]": isNothing, "[uprobes]": isNothing,
	} {
		if got := contentOf(path); got != want {
			t.Errorf("%q: %d, expected %d", path, got, want)
		}
	}
}

func TestAnswersThatCannotBeMeantAreRefused(t *testing.T) {
	r := newRig(t)
	for want, a := range map[string]Answer{
		"kind":              {Key: "i:0:0:1:0", Slot: 1, Kind: "python"},
		"slot 65280":        {Key: "i:0:0:1:0", Slot: 65280, Kind: "native"},
		"slot 0":            {Key: "i:0:0:1:0", Kind: "native"},
		"segment 0: offset": {Key: "i:0:0:1:0", Slot: 1, Kind: "native", Segments: []Segment{{Size: 1 << 60}}},
	} {
		err := r.tracker.SetFile(a)
		if !errors.Is(err, ErrBadAnswer) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestSegmentsThatOverlapAreTakenApart(t *testing.T) {
	got, err := usableSegments([]Segment{
		{0x3000, 0x53000, 0x1000}, {0x1000, 0x11000, 0x1000}, {0x1800, 0x21800, 0x1000},
		{0x1900, 0x31900, 0x100}, {0, 0, 0},
	})
	want := []Segment{
		{0x1000, 0x11000, 0x1000}, {0x2000, 0x22000, 0x800}, {0x3000, 0x53000, 0x1000},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%x, %v", got, err)
	}
}

func FuzzSegments(f *testing.F) {
	f.Add(uint64(0), uint64(0x1000), uint64(0x800), uint64(0x1000), uint64(0x500), uint64(0x3000))
	f.Fuzz(func(t *testing.T, o1, s1, o2, s2, offset, size uint64) {
		segments, err := usableSegments([]Segment{{o1, o1, s1}, {o2, o2 + 5, s2}})
		if err != nil || size == 0 || size > 1<<46 || offset > 1<<46 {
			return
		}
		file := &File{answered: true, slot: 1, kind: kernelmap.KindTable, segments: segments}
		m := Mapping{Start: 1 << 46, End: 1<<46 + size, FileOffset: offset, File: file}
		at := m.Start
		for _, piece := range m.kernelMappings(nil) {
			if piece.Start != at || piece.End <= piece.Start {
				t.Fatalf("piece %+v after %#x", piece, at)
			}
			at = piece.End
		}
		if at != m.End {
			t.Fatalf("ends at %#x of %#x", at, m.End)
		}
	})
}
