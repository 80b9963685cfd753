// SPDX-License-Identifier: Apache-2.0

package alloc

import "time"

// Graveyard keeps what was replaced until no BPF program can still be reading it.
type Graveyard[T any] struct {
	items []grave[T]
	grace time.Duration
}

type grave[T any] struct {
	until time.Time
	item  T
}

// NewGraveyard keeps each item for grace.
func NewGraveyard[T any](grace time.Duration) *Graveyard[T] {
	return &Graveyard[T]{grace: grace}
}

// Bury puts an item in.
func (g *Graveyard[T]) Bury(now time.Time, item T) {
	g.items = append(g.items, grave[T]{now.Add(g.grace), item})
}

// Expired calls free for each item whose time is over.
func (g *Graveyard[T]) Expired(now time.Time, free func(T)) {
	done := 0
	for done < len(g.items) && !g.items[done].until.After(now) {
		free(g.items[done].item)
		done++
	}
	if done == 0 {
		return
	}
	rest := copy(g.items, g.items[done:])
	clear(g.items[rest:])
	g.items = g.items[:rest]
}

// Len is how many wait.
func (g *Graveyard[T]) Len() int { return len(g.items) }
