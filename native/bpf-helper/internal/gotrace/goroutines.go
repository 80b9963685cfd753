// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cilium/ebpf"
)

// As in bpf/include/goroutine_spans.h.
const (
	goroutineValueBytes = 48
	goroutineMagic      = 0x31534e4150534f47
	aliveAt             = 8
	readerAt            = 12
	// readerStaleNs is after how long without a sign of life a profiler counts as gone.
	readerStaleNs = 4e9
)

// SayAlive lets profilers know that what `goroutine_spans` says is still true.
func (t *Tracer) SayAlive(nowNs uint64) error {
	var key [keyBytes]byte
	value := make([]byte, goroutineValueBytes)
	binary.LittleEndian.PutUint64(value, goroutineMagic)
	binary.LittleEndian.PutUint64(value[aliveAt:], nowNs)
	if err := t.programs.Maps["goroutine_spans"].Put(key, value); err != nil {
		return fmt.Errorf("telling profilers: %w", err)
	}
	return t.setRead(t.isRead(nowNs))
}

// isRead is whether a profiler has said lately that it reads.
func (t *Tracer) isRead(nowNs uint64) bool {
	var key [keyBytes]byte
	key[readerAt] = 1
	value := make([]byte, goroutineValueBytes)
	if t.programs.Maps["goroutine_spans"].Lookup(key, &value) != nil {
		return false
	}
	return binary.LittleEndian.Uint64(value) == goroutineMagic &&
		binary.LittleEndian.Uint64(value[aliveAt:])+readerStaleNs > nowNs
}

// setRead makes programs tell, or not: it costs them a microsecond for each span.
func (t *Tracer) setRead(isRead bool) error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	next := t.settings
	next.flags &^= settingProfiled
	if isRead {
		next.flags |= settingProfiled
	}
	if next.flags == t.settings.flags {
		return nil
	}
	return t.put(next)
}

// SayGone ends that.
func (t *Tracer) SayGone() {
	var key [keyBytes]byte
	_ = t.programs.Maps["goroutine_spans"].Delete(key)
}

// forgetGoroutines removes those of processes that are gone.
func (t *Tracer) forgetGoroutines() error {
	goroutines := t.programs.Maps["goroutine_spans"]
	var key [keyBytes]byte
	var found [][keyBytes]byte
	value := make([]byte, goroutines.ValueSize())
	alive := map[uint32]bool{0: true}
	entries := goroutines.Iterate()
	for entries.Next(&key, &value) {
		tgid := binary.LittleEndian.Uint32(key[8:])
		if _, known := alive[tgid]; !known {
			alive[tgid] = processExists(tgid)
		}
		if !alive[tgid] {
			found = append(found, key)
		}
	}
	for _, gone := range found {
		_ = goroutines.Delete(gone)
	}
	if err := entries.Err(); err != nil && !errors.Is(err, ebpf.ErrIterationAborted) {
		return fmt.Errorf("looking through goroutines: %w", err)
	}
	return nil
}
