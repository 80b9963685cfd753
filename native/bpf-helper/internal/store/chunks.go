// SPDX-License-Identifier: Apache-2.0

package store

import (
	"fmt"
	"sync"

	"github.com/cilium/ebpf"

	"otelkit/bpf-helper/internal/alloc"
	"otelkit/bpf-helper/internal/kernelmap"
)

const (
	firstChunks = 16
	moreChunks  = 32
	// spareChunks are kept free: putting chunks in takes some 20 ms, whatever their number.
	spareChunks = 4
)

// chunks is `row_chunks`: inner arrays of rows, made when they are needed.
type chunks struct {
	mutex   sync.Mutex
	growth  sync.Mutex // held by whoever adds chunks, without the other one
	outer   *ebpf.Map
	spec    *ebpf.MapSpec
	inner   []*ebpf.Map
	space   []*alloc.Extents
	growing bool
}

// piece is a run of rows in one chunk.
type piece struct{ chunk, first, count int }

func (c *chunks) grow(count int) error {
	c.growth.Lock()
	defer c.growth.Unlock()
	c.mutex.Lock()
	from := len(c.inner)
	c.mutex.Unlock()
	count = min(count, int(c.outer.MaxEntries())-from)
	if count <= 0 {
		return fmt.Errorf("%w: all %d row chunks are in use", ErrNoSpace, from)
	}
	maps, err := c.makeChunks(from, count)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, m := range maps {
		c.inner = append(c.inner, m)
		c.space = append(c.space, alloc.New(kernelmap.ChunkRows))
	}
	return err
}

func (c *chunks) makeChunks(from, count int) (maps []*ebpf.Map, err error) {
	var keys, fds []uint32
	for i := range count {
		m, err := ebpf.NewMap(c.spec)
		if err != nil {
			if len(maps) == 0 {
				return nil, fmt.Errorf("a chunk of rows: %w", err)
			}
			break
		}
		maps = append(maps, m)
		keys, fds = append(keys, uint32(from+i)), append(fds, uint32(m.FD()))
	}
	if _, err := c.outer.BatchUpdate(keys, fds, nil); err == nil {
		return maps, nil
	}
	for i, m := range maps {
		if err := c.outer.Put(keys[i], fds[i]); err != nil {
			for _, unused := range maps[i:] {
				unused.Close()
			}
			return maps[:i], fmt.Errorf("chunk %d: %w", keys[i], err)
		}
		_ = m
	}
	return maps, nil
}

// growAhead makes more in the background when few are left.
func (c *chunks) growAhead() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	free := 0
	for _, space := range c.space {
		if space.Left() == kernelmap.ChunkRows {
			free++
		}
	}
	if free >= spareChunks || c.growing || len(c.inner) >= int(c.outer.MaxEntries()) {
		return
	}
	c.growing = true
	go func() {
		// A failure shows when the rows are needed.
		_ = c.grow(moreChunks)
		c.mutex.Lock()
		c.growing = false
		c.mutex.Unlock()
	}()
}

// take finds room for up to want rows, at least for least of them, in one chunk.
func (c *chunks) take(least, want int) (piece, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if want <= kernelmap.ChunkRows {
		for i, space := range c.space {
			if first, ok := space.Take(want); ok {
				return piece{i, first, want}, true
			}
		}
	}
	for i, space := range c.space {
		if first, got := space.TakeUpTo(least, want); got > 0 {
			return piece{i, first, got}, true
		}
	}
	return piece{}, false
}

func (c *chunks) give(p piece) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.space[p.chunk].Give(p.first, p.count)
}

func (c *chunks) fd(chunk int) int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.inner[chunk].FD()
}

func (c *chunks) usage() (rows, chunkCount int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, space := range c.space {
		rows += kernelmap.ChunkRows - space.Left()
	}
	return rows, len(c.inner)
}

func (c *chunks) close() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, m := range c.inner {
		m.Close()
	}
	c.inner = nil
}
