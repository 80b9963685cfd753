// SPDX-License-Identifier: Apache-2.0

package store

import (
	"errors"
	"fmt"

	"github.com/cilium/ebpf"

	"otelkit/bpf-helper/internal/kernelmap"
)

// ThreadContexts writes `thread_contexts`. For one goroutine.
type ThreadContexts struct {
	entries *ebpf.Map
	known   map[uint32]struct{}
	// Changed is called with the number of entries.
	Changed func(count uint32)
}

// NewThreadContexts takes the map, which stays the caller's.
func NewThreadContexts(entries *ebpf.Map, changed func(count uint32)) *ThreadContexts {
	return &ThreadContexts{entries: entries, known: map[uint32]struct{}{}, Changed: changed}
}

// Put makes a process's threads be asked for their contexts.
func (t *ThreadContexts) Put(pid uint32, context kernelmap.ThreadContext) error {
	if _, there := t.known[pid]; !there && len(t.known) >= int(t.entries.MaxEntries()) {
		return fmt.Errorf("%w: %d processes publish contexts", ErrNoSpace, len(t.known))
	}
	if err := t.entries.Put(pid, context); err != nil {
		return fmt.Errorf("thread context of process %d: %w", pid, err)
	}
	t.known[pid] = struct{}{}
	t.Changed(uint32(len(t.known)))
	return nil
}

// Delete ends that.
func (t *ThreadContexts) Delete(pid uint32) error {
	if _, there := t.known[pid]; !there {
		return nil
	}
	delete(t.known, pid)
	t.Changed(uint32(len(t.known)))
	if err := t.entries.Delete(pid); err != nil && !errors.Is(err, ebpf.ErrKeyNotExist) {
		return fmt.Errorf("thread context of process %d: %w", pid, err)
	}
	return nil
}
