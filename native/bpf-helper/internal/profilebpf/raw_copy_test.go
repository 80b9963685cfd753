// SPDX-License-Identifier: Apache-2.0
package profilebpf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"testing"
	"time"
)

func TestUnknownProcessesSendTheirStacksTop(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		r := newRig(t, v, config{Flags: rawCopies, RawCopyBytes: 4096}, Sample)
		c := chainProgram(t).start(t, "deep", "1000")
		r.sampleProcess(c.pid, 997)
		rec := r.until("a copy while it spins", func(rec *record) bool {
			return rec.Header.Kind == 4 && c.name(binary.LittleEndian.Uint64(rec.rest[16*8:])) == "spin"
		})
		h := rec.Header
		if h.End != counterRawCopies || h.Value != 1 || h.StackBytes != 4096 || h.Flags != 1 {
			t.Errorf("header %+v", h)
		}
		if len(rec.rest) != 18*8+4096 {
			t.Fatalf("%d bytes of registers and stack", len(rec.rest))
		}
		sp := binary.LittleEndian.Uint64(rec.rest[7*8:])
		if stack := readMemory(t, c.pid, sp, 4096); !bytes.Equal(stack, rec.rest[18*8:]) {
			t.Error("the copy differs from the program's stack")
		}
	})
}

func TestProcessesMayBeCopiedThatAreKnown(t *testing.T) {
	r := newRig(t, Loop, config{Flags: rawCopies, RawCopyBytes: 64}, Sample)
	c := chainProgram(t).start(t, "deep", "1")
	r.addProcess(c.pid, 2, c.textMappings(t, r.addTable(c.table))...)
	r.sampleProcess(c.pid, 997)
	for range 5 {
		if h := r.next().Header; h.Kind != 4 || h.StackBytes != 64 || h.Generation != firstGeneration {
			t.Errorf("header %+v", h)
		}
	}
}

func readMemory(t *testing.T, pid uint32, at uint64, bytes int) []byte {
	t.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	buffer := make([]byte, bytes)
	if _, err := f.ReadAt(buffer, int64(at)); err != nil {
		t.Fatal(err)
	}
	return buffer
}

func TestACopyEndsAtTheStacksTop(t *testing.T) {
	r := newRig(t, Loop, config{Flags: rawCopies, RawCopyBytes: 12288}, Sample)
	c := chainProgram(t).start(t, "deep", "0")
	r.sampleProcess(c.pid, 997)
	rec := r.until("a copy while it spins", func(rec *record) bool {
		return rec.Header.Kind == 4 && c.name(binary.LittleEndian.Uint64(rec.rest[16*8:])) == "spin"
	})
	sp := binary.LittleEndian.Uint64(rec.rest[7*8:])
	if end := (sp + uint64(rec.Header.StackBytes)); end%4096 != 0 && rec.Header.StackBytes != 12288 {
		t.Errorf("ends in the middle of a page: %#x", end)
	}
	if len(rec.rest) != 18*8+int(rec.Header.StackBytes) {
		t.Errorf("%d bytes for a stack of %d", len(rec.rest), rec.Header.StackBytes)
	}
}

func TestAFileWithoutItsTableYetIsCopied(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		r := newRig(t, v, config{Flags: rawCopies, RawCopyBytes: 1024}, Sample)
		c := chainProgram(t).start(t, "deep", "5")
		r.addProcess(c.pid, 0, c.textMappings(t, 0)...)
		r.sampleProcess(c.pid, 997)
		rec := r.until("a copy", func(rec *record) bool { return rec.Header.Kind == 4 })
		if rec.Header.Generation != firstGeneration || rec.Header.UserFrames != 0 {
			t.Errorf("header %+v", rec.Header)
		}
		// No new generation is needed when the table comes.
		slot := r.addTable(c.table)
		for i, m := range c.textMappings(t, slot) {
			r.put("mappings", uint32(i), m)
		}
		r.until("a chain", func(rec *record) bool {
			return rec.Header.Kind == 1 && c.chain(rec) == "spin deep*6 run main _start"
		})
	})
}

func TestAFloodOfCopiesIsLimited(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		r := newRig(t, v, config{Flags: rawCopies, RawCopyBytes: 8192}, Sample)
		c := chainProgram(t).start(t, "deep", "5")
		r.sampleProcess(c.pid, 9000)
		// Nobody reads meanwhile, so that the ring fills, however seldom the program gets to run.
		deadline := time.Now().Add(patience)
		for r.counters()[counterRawCopiesLimited] == 0 && time.Now().Before(deadline) {
			time.Sleep(10 * time.Millisecond)
		}
		n := r.counters()
		if n[counterRawCopies] == 0 || n[counterRawCopiesLimited] == 0 {
			t.Errorf("counters %v", n)
		}
		rec := r.until("an ordinary record", func(rec *record) bool { return rec.Header.Kind == 1 })
		if rec.Header.UserFrames == 0 || rec.user[0]>>48 != 0 || rec.Header.End == complete {
			t.Errorf("header %+v, frames %x", rec.Header, rec.user)
		}
	})
}
