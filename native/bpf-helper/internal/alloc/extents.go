// SPDX-License-Identifier: Apache-2.0

// Package alloc hands out ranges of an array.
package alloc

import "slices"

// Extents gives ranges of [0, size) away and takes them back; first fit from where the last search
// ended, neighbours join. Not safe for use by several goroutines.
type Extents struct {
	free []extent // ascending, never touching
	next int
	left int
	size int
}

type extent struct{ start, count int }

// New makes all of [0, size) free.
func New(size int) *Extents {
	e := &Extents{left: size, size: size}
	if size > 0 {
		e.free = []extent{{0, size}}
	}
	return e
}

// Left is how many are free in all.
func (e *Extents) Left() int { return e.left }

// Size is how many there are.
func (e *Extents) Size() int { return e.size }

// Take returns the start of count free ones in a row.
func (e *Extents) Take(count int) (start int, ok bool) {
	if count <= 0 || count > e.left {
		return 0, false
	}
	for i := range e.free {
		at := (e.next + i) % len(e.free)
		if e.free[at].count >= count {
			return e.takeFrom(at, count), true
		}
	}
	return 0, false
}

// TakeUpTo returns the longest run of at most count at the first free place that has least or more.
func (e *Extents) TakeUpTo(least, count int) (start, got int) {
	for at := range e.free {
		if e.free[at].count >= least {
			got = min(count, e.free[at].count)
			return e.takeFrom(at, got), got
		}
	}
	return 0, 0
}

func (e *Extents) takeFrom(at, count int) int {
	start := e.free[at].start
	e.left -= count
	e.free[at].start += count
	e.free[at].count -= count
	if e.free[at].count == 0 {
		e.free = slices.Delete(e.free, at, at+1)
	}
	e.next = at
	if e.next >= len(e.free) {
		e.next = 0
	}
	return start
}

// Give takes a range back that Take returned, or a part of one.
func (e *Extents) Give(start, count int) {
	if count <= 0 {
		return
	}
	e.left += count
	at, _ := slices.BinarySearchFunc(e.free, start, func(x extent, s int) int { return x.start - s })
	joinsLeft := at > 0 && e.free[at-1].start+e.free[at-1].count == start
	joinsRight := at < len(e.free) && start+count == e.free[at].start
	switch {
	case joinsLeft && joinsRight:
		e.free[at-1].count += count + e.free[at].count
		e.free = slices.Delete(e.free, at, at+1)
	case joinsLeft:
		e.free[at-1].count += count
	case joinsRight:
		e.free[at].start = start
		e.free[at].count += count
	default:
		e.free = slices.Insert(e.free, at, extent{start, count})
	}
}
