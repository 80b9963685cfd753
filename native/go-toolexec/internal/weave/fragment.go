// SPDX-License-Identifier: Apache-2.0

package weave

import (
	"fmt"
	"strconv"
	"strings"
)

// fragment is source text inside a template. While the template is filled in an identifier
// stands for it; the text is put in at the end, with whatever was woven inside it.
type fragment struct {
	ranges    [][2]int
	separator string
	after     string
}

const fragmentName = "otelkitfragment"
const fragmentEnd = "x"

func fragmentIndex(name string) (int, bool) {
	digits, ok := strings.CutPrefix(name, fragmentName)
	if !ok {
		return 0, false
	}
	digits, ok = strings.CutSuffix(digits, fragmentEnd)
	index, err := strconv.Atoi(digits)
	return index, ok && err == nil
}

func fragmentAt(code string) (index, length int, ok bool) {
	if !strings.HasPrefix(code, fragmentName) {
		return 0, 0, false
	}
	end := strings.Index(code, fragmentEnd)
	if end < 0 {
		return 0, 0, false
	}
	end += len(fragmentEnd)
	index, ok = fragmentIndex(code[:end])
	return index, end, ok
}

func (f fragment) pieces() []piece {
	pieces := []piece{text(" ")}
	for i, at := range f.ranges {
		if i > 0 {
			pieces = append(pieces, text(f.separator))
		}
		if at[1] > at[0] {
			pieces = append(pieces, piece{from: at[0], to: at[1]})
		}
	}
	if f.after != "" {
		pieces = append(pieces, text(f.after))
	}
	return pieces
}

func (f fragment) plain(file *source) string {
	var words []string
	for _, at := range f.ranges {
		words = append(words, string(file.content[at[0]:at[1]]))
	}
	return strings.Join(words, f.separator) + f.after
}

// fragments are those of one filled-in template.
type fragments struct{ list []fragment }

func (f *fragments) add(one fragment) string {
	f.list = append(f.list, one)
	return fmt.Sprintf("%s%d%s", fragmentName, len(f.list)-1, fragmentEnd)
}
