// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cilium/ebpf"

	"otelkit/bpf-helper/internal/spanmaps"
)

// SayAlive lets profilers know that what `goroutine_spans` says is still true.
func (t *Tracer) SayAlive(nowNs uint64) error {
	told := t.programs.Maps[spanmaps.Name]
	if err := spanmaps.Say(told, spanmaps.Tracer, nowNs); err != nil {
		return fmt.Errorf("telling profilers: %w", err)
	}
	return t.setRead(spanmaps.IsAlive(told, spanmaps.Reader, nowNs))
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
	_ = t.programs.Maps[spanmaps.Name].Delete(spanmaps.Tracer)
}

// forgetGoroutines removes those of processes that are gone.
func (t *Tracer) forgetGoroutines() error {
	goroutines := t.programs.Maps[spanmaps.Name]
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
