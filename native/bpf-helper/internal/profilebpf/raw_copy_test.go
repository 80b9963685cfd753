// SPDX-License-Identifier: Apache-2.0
package profilebpf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
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
		if h.End != counterRawCopies || h.Value != 1 || h.StackBytes != 4096 || h.Flags != interrupted|cut {
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

// Copies of a main thread's stack end where it began, whatever was asked for.
func TestAMainThreadsStackIsCopiedWhole(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		for depth, least := range map[string]uint32{"0": 0, "1000": 16000} {
			r := newRig(t, v, config{Flags: rawCopies, RawCopyBytes: 61440}, Sample)
			c := chainProgram(t).start(t, "deep", depth)
			r.sampleProcess(c.pid, 997)
			rec := r.copyOf(c, "spin")
			sp := binary.LittleEndian.Uint64(rec.rest[7*8:])
			bytes := rec.Header.StackBytes
			if want := uint32(c.stackStart(t)-sp) + 64; bytes != want || bytes < least || rec.Header.Flags != interrupted {
				t.Errorf("depth %s: %d bytes, flags %d; %d bytes up to the start", depth, bytes, rec.Header.Flags, want)
			}
			if len(rec.rest) != 18*8+int(bytes) {
				t.Errorf("%d bytes for a stack of %d", len(rec.rest), bytes)
			}
		}
	})
}

// copyOf returns a whole copy that was taken in a function; behind so many bytes some are cut.
func (r *rig) copyOf(c *child, function string) *record {
	r.t.Helper()
	return r.until("a copy in "+function, func(rec *record) bool {
		isWhole := rec.Header.Kind == 4 && rec.Header.Flags&cut == 0
		return isWhole && c.name(binary.LittleEndian.Uint64(rec.rest[16*8:])) == function
	})
}

// stackStart is where the main thread's stack began.
func (c *child) stackStart(t *testing.T) uint64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	start, err := strconv.ParseUint(string(fields[28-3]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return start
}

// Of a large frame that was never written to whole pages are not there.
func TestACopyGoesOnBehindPagesThatAreNotThere(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		r := newRig(t, v, config{Flags: rawCopies, RawCopyBytes: 61440}, Sample)
		c := chainProgram(t).start(t, "frames", "5000")
		r.sampleProcess(c.pid, 997)
		rec := r.copyOf(c, "spin")
		sp := binary.LittleEndian.Uint64(rec.rest[7*8:])
		if want := uint32(c.stackStart(t)-sp) + 64; rec.Header.StackBytes != want || want < 25000 {
			t.Errorf("%d bytes, %d up to the start", rec.Header.StackBytes, want)
		}
		absent := bytes.Repeat([]byte{0xff}, 4096)
		if !bytes.Contains(rec.rest[18*8:], absent) {
			t.Error("no page is marked as absent")
		}
	})
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
