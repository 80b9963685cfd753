// SPDX-License-Identifier: Apache-2.0

package process

import (
	"slices"

	"otelkit/bpf-helper/internal/limits"
)

// Mapping is an executable one; File is nil for anonymous memory.
type Mapping struct {
	Start, End uint64
	FileOffset uint64
	File       *File
}

// insert puts a mapping over what is there: the kernel replaced what overlaps. It returns false when
// nothing changes: programs that make code switch protections all the time.
func (p *Process) insert(m Mapping) bool {
	at, _ := slices.BinarySearchFunc(p.mappings, m.Start, func(x Mapping, start uint64) int {
		if x.End <= start {
			return -1
		}
		return 1
	})
	end := at
	for end < len(p.mappings) && p.mappings[end].Start < m.End {
		end++
	}
	if end == at+1 && p.mappings[at].covers(m) {
		return false
	}
	var pieces [3]Mapping
	put := pieces[:0]
	if at < end && p.mappings[at].Start < m.Start {
		left := p.mappings[at]
		left.End = m.Start
		put = append(put, left)
	}
	put = append(put, m)
	if at < end && p.mappings[end-1].End > m.End {
		right := p.mappings[end-1]
		right.FileOffset += m.End - right.Start
		right.Start = m.End
		put = append(put, right)
	}
	if len(p.mappings)-(end-at)+len(put) > limits.ProcessMappings {
		return false
	}
	p.own()
	p.mappings = slices.Replace(p.mappings, at, end, put...)
	p.joinAnonymous(at, len(put))
	return true
}

// covers tells that m adds nothing to x.
func (x Mapping) covers(m Mapping) bool {
	if x.File != m.File || x.Start > m.Start || x.End < m.End {
		return false
	}
	if x.File == nil {
		return true
	}
	return x.Start == m.Start && x.End == m.End && x.FileOffset == m.FileOffset
}

// joinAnonymous makes one of neighbours: compilers at run time take memory piece by piece.
func (p *Process) joinAnonymous(at, count int) {
	from, to := max(at-1, 0), min(at+count+1, len(p.mappings))
	kept := from
	for i := from + 1; i < to; i++ {
		last, next := &p.mappings[kept], p.mappings[i]
		if last.File == nil && next.File == nil && last.End == next.Start {
			last.End = next.End
			continue
		}
		kept++
		p.mappings[kept] = next
	}
	if to > from && kept+1 < to {
		p.mappings = slices.Delete(p.mappings, kept+1, to)
	}
}

// own makes the list this process's: fork lets parent and child share it.
func (p *Process) own() {
	if p.owned {
		return
	}
	copied := make([]Mapping, len(p.mappings), len(p.mappings)+4)
	copy(copied, p.mappings)
	p.mappings, p.owned = copied, true
}
