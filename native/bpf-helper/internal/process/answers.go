// SPDX-License-Identifier: Apache-2.0

package process

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"otelkit/bpf-helper/internal/kernelmap"
	"otelkit/bpf-helper/internal/limits"
)

// Answer is what TypeScript says of a file: request `file`.
type Answer struct {
	Key      string    `json:"key"`
	Slot     uint32    `json:"slot"`
	Segments []Segment `json:"segments"`
	Kind     string    `json:"kind"`
	// Witness is the file that was read; without one it is known by its key alone.
	Witness *Witness `json:"witness"`
}

// ErrBadAnswer is an answer that cannot be used.
var ErrBadAnswer = errors.New("unusable file")

var kinds = map[string]uint8{
	"native": kernelmap.KindTable, "framePointers": kernelmap.KindFramePointers,
	"none": kernelmap.KindNone, "end": kernelmap.KindEnd,
}

func (f *File) await(p *Process) {
	if f.waiting == nil {
		f.waiting = map[*Process]struct{}{}
	}
	f.waiting[p] = struct{}{}
}

// SetFile takes an answer; Publish makes it count.
func (t *Tracker) SetFile(a Answer) error {
	kind, known := kinds[a.Kind]
	if !known {
		return fmt.Errorf("%w: kind %q", ErrBadAnswer, a.Kind)
	}
	if a.Slot > limits.MaxSlot || (a.Slot == 0 && kind == kernelmap.KindTable) {
		return fmt.Errorf("%w: slot %d", ErrBadAnswer, a.Slot)
	}
	segments, err := usableSegments(a.Segments)
	if err != nil {
		return err
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	f := t.files[a.Key]
	if f == nil {
		if len(t.files) >= limits.Files {
			return fmt.Errorf("%w: too many files", ErrBadAnswer)
		}
		f = t.newFile(a.Key, "")
	}
	t.dropWitness(f)
	f.witness = t.openWitness(a.Witness)
	again := f.answered
	f.answered, f.slot, f.kind = true, uint16(a.Slot), kind
	f.segments = segments
	for p := range f.waiting {
		if !t.patch(p, f) {
			t.mark(p)
		}
	}
	f.waiting = nil
	if again {
		t.markUsers(f)
	}
	return nil
}

// patch puts what an answer says into the mappings that the BPF side has already. Nothing about
// them is in its caches yet, so the generation stays; a new list for each of a thousand processes
// that have a library mapped would fill the map.
func (t *Tracker) patch(p *Process, f *File) bool {
	if p.dirty || p.ranges == nil {
		return false
	}
	var piece [2]kernelmap.Mapping
	for i := range p.mappings {
		if p.mappings[i].File != f {
			continue
		}
		pieces := p.mappings[i].kernelMappings(piece[:0])
		if len(pieces) != 1 || !t.maps.Patch(p.ranges, pieces[0]) {
			return false
		}
	}
	return true
}

// usableSegments returns them by ascending offset and without overlaps: of what two of them show the
// first one's addresses count. Linkers make neither, other programs make both.
func usableSegments(given []Segment) ([]Segment, error) {
	if len(given) > limits.Segments {
		return nil, fmt.Errorf("%w: %d segments", ErrBadAnswer, len(given))
	}
	const tooFar = uint64(1) << limits.VaddrBits
	for i, s := range given {
		if s.Offset > tooFar || s.Size > tooFar || s.Vaddr > tooFar {
			return nil, fmt.Errorf("%w: segment %d: offset %#x, vaddr %#x, size %#x", ErrBadAnswer, i,
				s.Offset, s.Vaddr, s.Size)
		}
	}
	sorted := slices.Clone(given)
	slices.SortStableFunc(sorted, func(a, b Segment) int { return cmp.Compare(a.Offset, b.Offset) })
	kept := sorted[:0]
	end := uint64(0)
	for _, s := range sorted {
		if s.Offset+s.Size <= end {
			continue
		}
		if hidden := end - min(end, s.Offset); hidden > 0 {
			s = Segment{s.Offset + hidden, s.Vaddr + hidden, s.Size - hidden}
		}
		end = s.Offset + s.Size
		kept = append(kept, s)
	}
	return kept, nil
}

// Unload forgets what was said of the files of a slot. They are announced anew when next mapped.
func (t *Tracker) Unload(slot uint16) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, f := range t.files {
		if !f.answered || f.slot != slot {
			continue
		}
		f.answered, f.announced, f.slot, f.segments = false, false, 0, nil
		t.dropWitness(f)
		t.markUsers(f)
	}
	t.publish()
}

func (t *Tracker) markUsers(f *File) {
	for _, p := range t.processes {
		for i := range p.mappings {
			if p.mappings[i].File != f {
				continue
			}
			t.mark(p)
			if !f.answered {
				f.await(p)
			}
			break
		}
	}
}

// Publish writes what SetFile changed.
func (t *Tracker) Publish() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.publish()
}
