// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
)

// As in bpf/go/layouts.h.
const (
	keyBytes                                                       = 16
	configAt                                                       = 28
	startAt                                                        = 40
	contextAt                                                      = 56
	slotAt                                                         = 88
	kindHTTPServer, kindHTTPClient, kindGRPCServer, kindGRPCClient = 1, 2, 3, 4
	// longestCallNs is after how long a span is forgotten that is no connection or stream, which may last
	// for days: a program did not end the one that it made itself, asked for no message after this one, or
	// a driver panicked.
	longestCallNs = 3600e9
)

// Sweep forgets spans whose end will not come: those of processes that are gone, and very old ones. It
// returns how many.
func (t *Tracer) Sweep(nowNs uint64) (int, error) {
	if err := t.forgetGoroutines(); err != nil {
		return 0, err
	}
	alive := map[uint32]bool{}
	mayLast := func(kind uint32) bool { return kind >= kindHTTPServer && kind <= kindGRPCClient }
	return t.forget(func(tgid, kind uint32, start uint64, _ uint16) bool {
		if _, known := alive[tgid]; !known {
			alive[tgid] = processExists(tgid)
		}
		return !alive[tgid] || !mayLast(kind) && start+longestCallNs < nowNs
	})
}

// forget removes the open spans that are stale.
func (t *Tracer) forget(isStale func(tgid, kind uint32, start uint64, config uint16) bool) (int, error) {
	active := t.programs.Maps["active"]
	var key [keyBytes]byte
	value := make([]byte, active.ValueSize())
	type stale struct {
		key     [keyBytes]byte
		context uint64
		slot    uint64
	}
	var found []stale
	le := binary.LittleEndian
	entries := active.Iterate()
	for entries.Next(&key, &value) {
		if isStale(le.Uint32(key[8:]), le.Uint32(key[12:]), le.Uint64(value[startAt:]),
			le.Uint16(value[configAt:])) {
			found = append(found, stale{key, le.Uint64(value[contextAt:]), le.Uint64(value[slotAt:])})
		}
	}
	for _, s := range found {
		if s.context != 0 {
			var context [keyBytes]byte
			le.PutUint64(context[:], s.context)
			copy(context[8:12], s.key[8:12])
			_ = t.programs.Maps["contexts"].Delete(context)
		}
		_ = t.programs.Maps["texts"].Delete(s.key)
		_ = active.Delete(s.key)
		t.freeSlot(s.slot)
	}
	if err := entries.Err(); err != nil && !errors.Is(err, ebpf.ErrIterationAborted) {
		return len(found), fmt.Errorf("looking through open spans: %w", err)
	}
	return len(found), nil
}

// freeSlot lets another span have the memory; 0 is none.
func (t *Tracer) freeSlot(number uint64) {
	if number == 0 {
		return
	}
	slots := t.programs.Maps["slots"]
	_ = slots.Put(uint32(number-1), make([]byte, slots.ValueSize()))
}

// processExists is false only where that is certain.
func processExists(tgid uint32) bool {
	_, err := os.Stat(fmt.Sprintf("/proc/%d", tgid))
	return err == nil || !errors.Is(err, unix.ENOENT)
}
