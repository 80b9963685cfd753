// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"fmt"
	"strings"
)

const contextLines = 3 // of a hunk, on either side of what changes

// change is a run of lines that differ, as half-open ranges of both texts.
type change struct{ wasStart, wasEnd, isStart, isEnd int }

// diff is a unified difference that patch(1) applies. A text that was empty is a new file.
func diff(path, before, after string) string {
	was, is := linesOf(before), linesOf(after)
	from := path
	if before == "" {
		from = "/dev/null"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", from, path)
	changes := changesOf(was, is)
	for start := 0; start < len(changes); {
		end := start + 1
		for end < len(changes) && changes[end].wasStart-changes[end-1].wasEnd <= 2*contextLines {
			end++
		}
		writeHunk(&out, was, is, changes[start:end])
		start = end
	}
	return out.String()
}

func linesOf(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		return lines[:len(lines)-1]
	}
	return lines
}

// changesOf compares line by line: weaving keeps the lines, unless a body was replaced. Then what
// lies between the first and the last difference is one change.
func changesOf(was, is []string) []change {
	if len(was) != len(is) {
		head, tail, short := 0, 0, min(len(was), len(is))
		for head < short && was[head] == is[head] {
			head++
		}
		for tail < short-head && was[len(was)-1-tail] == is[len(is)-1-tail] {
			tail++
		}
		return []change{{head, len(was) - tail, head, len(is) - tail}}
	}
	var changes []change
	for i := 0; i < len(was); i++ {
		start := i
		for i < len(was) && was[i] != is[i] {
			i++
		}
		if i > start {
			changes = append(changes, change{start, i, start, i})
		}
	}
	return changes
}

// writeHunk writes changes that lie close together, with the lines around them.
func writeHunk(out *strings.Builder, was, is []string, changes []change) {
	first, last := changes[0], changes[len(changes)-1]
	before := min(contextLines, first.wasStart)
	after := min(contextLines, len(was)-last.wasEnd)
	fmt.Fprintf(out, "@@ -%s +%s @@\n", rangeOf(first.wasStart-before, last.wasEnd+after),
		rangeOf(first.isStart-before, last.isEnd+after))
	at := first.wasStart - before
	for _, one := range changes {
		writeLines(out, " ", was[at:one.wasStart])
		writeLines(out, "-", was[one.wasStart:one.wasEnd])
		writeLines(out, "+", is[one.isStart:one.isEnd])
		at = one.wasEnd
	}
	writeLines(out, " ", was[at:last.wasEnd+after])
}

// rangeOf: of no lines, the line before is named (POSIX, diff -u).
func rangeOf(start, end int) string {
	if start == end {
		return fmt.Sprintf("%d,0", start)
	}
	return fmt.Sprintf("%d,%d", start+1, end-start)
}

func writeLines(out *strings.Builder, mark string, lines []string) {
	for _, line := range lines {
		out.WriteString(mark + line)
		if !strings.HasSuffix(line, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}
