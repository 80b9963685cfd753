// SPDX-License-Identifier: Apache-2.0

package weave

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// edit puts pieces in place of [start, end) of a file; start == end inserts.
type edit struct {
	start, end int
	order      int
	pieces     []piece
}

// piece is text of an advice, or a range of the file with the edits made inside it before.
type piece struct {
	text       string
	from, to   int // of the file, if text is empty
	aspectFile string
	aspectLine int
}

func (s *source) insert(offset int, pieces ...piece) { s.replace(offset, offset, pieces...) }

func (s *source) replace(start, end int, pieces ...piece) {
	s.edits = append(s.edits, &edit{start, end, len(s.edits), pieces})
}

func (s *source) hasInsertion(offset int) bool {
	return slices.ContainsFunc(s.edits, func(e *edit) bool { return e.start == offset && e.end == offset })
}

func text(words string) piece { return piece{text: words} }

// writer gives a file out again and says with /*line*/ where the compiler would lose count.
type writer struct {
	source   *source
	out      strings.Builder
	line     int  // that the compiler thinks it is at
	diagnose bool // name the aspect's own lines, for the messages of a compiler that refused
	strayed  bool // the compiler thinks it is in an aspect file
}

// render gives the file with every edit, lines as they were.
func (s *source) render(diagnose bool) []byte {
	slices.SortStableFunc(s.edits, func(a, b *edit) int {
		// At one offset insertions come before what is there; of two around one range the
		// later contains the earlier.
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b2i(a.end > a.start), b2i(b.end > b.start)),
			cmp.Compare(b.end, a.end), compareOrder(a, b))
	})
	w := &writer{source: s, line: 1, diagnose: diagnose}
	fmt.Fprintf(&w.out, "//line %s:1\n", s.path)
	w.between(0, len(s.content), s.edits)
	return []byte(w.out.String())
}

func b2i(value bool) int {
	if value {
		return 1
	}
	return 0
}

func compareOrder(a, b *edit) int {
	if a.end > a.start {
		return cmp.Compare(b.order, a.order)
	}
	return cmp.Compare(a.order, b.order)
}

// between writes [from, to) of the file with those of the sorted edits that lie within.
func (w *writer) between(from, to int, edits []*edit) {
	at := from
	for i := 0; i < len(edits); i++ {
		e := edits[i]
		if e.start < at || e.end > to || (e.start == to && e.end == to && to != from && to != len(w.source.content)) {
			continue
		}
		w.original(at, e.start)
		inner := edits[i+1:]
		if e.end > e.start {
			inner = within(inner, e.start, e.end)
		}
		for _, piece := range e.pieces {
			if piece.text != "" {
				w.advice(piece)
			} else {
				w.between(piece.from, piece.to, within(inner, piece.from, piece.to))
			}
		}
		at = e.end
	}
	w.original(at, to)
}

func within(edits []*edit, from, to int) []*edit {
	var inner []*edit
	for _, e := range edits {
		if e.start >= from && e.end <= to {
			inner = append(inner, e)
		}
	}
	return inner
}

func (w *writer) original(from, to int) {
	if from >= to {
		return
	}
	if line := w.source.line(from); line != w.line || w.strayed {
		column := from - w.source.offset(w.source.tokens.LineStart(line)) + 1
		fmt.Fprintf(&w.out, "/*line %s:%d:%d*/", w.source.path, line, column)
		w.line, w.strayed = line, false
	}
	words := w.source.content[from:to]
	w.out.Write(words)
	w.line += strings.Count(string(words), "\n")
}

func (w *writer) advice(p piece) {
	if w.diagnose && p.aspectFile != "" {
		fmt.Fprintf(&w.out, "/*line %s:%d:1*/", p.aspectFile, p.aspectLine)
		w.strayed = true
	}
	w.out.WriteString(p.text)
}
