// SPDX-License-Identifier: Apache-2.0

package perfevent

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestCPULists(t *testing.T) {
	for list, want := range map[string][]int{
		"": nil, "0": {0}, "0-3": {0, 1, 2, 3}, "0-1,4,6-7": {0, 1, 4, 6, 7},
	} {
		got, err := ParseCPUList(list)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v", list, got, err)
		}
	}
	for _, list := range []string{"x", "3-1", "-1", "1,0", "0-99999999999", "0-", ","} {
		if got, err := ParseCPUList(list); err == nil {
			t.Errorf("%q: %v without an error", list, got)
		}
	}
}

// record builds one as the kernel does: header, body, sample ID.
func record(kind uint32, misc uint16, body []byte) []byte {
	out := binary.LittleEndian.AppendUint32(nil, kind)
	out = binary.LittleEndian.AppendUint16(out, misc)
	out = binary.LittleEndian.AppendUint16(out, uint16(8+len(body)+sampleIDBytes))
	out = append(out, body...)
	out = binary.LittleEndian.AppendUint64(out, 0)
	out = binary.LittleEndian.AppendUint64(out, 12345)
	return binary.LittleEndian.AppendUint64(out, 1)
}

func TestARingIsReadAcrossItsEnd(t *testing.T) {
	comm := append(binary.LittleEndian.AppendUint64(nil, 7<<32|7), "name\x00\x00\x00\x00"...)
	one := record(unix.PERF_RECORD_COMM, 0, comm)
	r := &Ring{meta: &unix.PerfEventMmapPage{}, data: make([]byte, 256)}
	count := 0
	for range 100 {
		for i, b := range one {
			r.data[(r.meta.Data_head+uint64(i))%256] = b
		}
		r.meta.Data_head += uint64(len(one))
		r.Drain(func(raw []byte) {
			decoded, ok := Decode(raw)
			if !ok || decoded.Comm != "name" || decoded.PID != 7 || decoded.TimeNs != 12345 {
				t.Fatalf("%+v %v", decoded, ok)
			}
			count++
		})
		if !r.Empty() {
			t.Fatal("something is left")
		}
	}
	if count != 100 {
		t.Errorf("%d records", count)
	}
}

func FuzzDecode(f *testing.F) {
	for kind := range uint32(12) {
		f.Add(record(kind, 0, make([]byte, 80)))
		f.Add(record(kind, unix.PERF_RECORD_MISC_MMAP_BUILD_ID, bytes.Repeat([]byte{255}, 80)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		decoded, ok := Decode(raw)
		if ok && decoded.Type == unix.PERF_RECORD_MMAP2 && decoded.Mapping.End <= decoded.Mapping.Start {
			t.Fatalf("%+v", decoded.Mapping)
		}
	})
}

// openTaskEvents opens the events of all CPUs, or skips the test where that is not permitted.
func openTaskEvents(t *testing.T) []*Ring {
	t.Helper()
	online, err := OnlineCPUs()
	if err != nil {
		t.Fatal(err)
	}
	var rings []*Ring
	for _, cpu := range online {
		ring, err := OpenTaskEvent(cpu)
		if errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) {
			t.Skipf("skip: perf events of other processes are not permitted here, run as root")
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(ring.Close)
		rings = append(rings, ring)
	}
	return rings
}

func TestTheKernelTellsOfAProgram(t *testing.T) {
	rings := openTaskEvents(t)
	child := exec.Command("/bin/sh", "-c", "exit 0")
	if err := child.Run(); err != nil {
		t.Fatal(err)
	}
	pid := uint32(child.Process.Pid)
	var fork, execed, mapped, exited bool
	for _, ring := range rings {
		ring.Drain(func(raw []byte) {
			r, ok := Decode(raw)
			if !ok || r.PID != pid {
				return
			}
			switch r.Type {
			case unix.PERF_RECORD_FORK:
				fork = fork || r.PPID == uint32(os.Getpid())
			case unix.PERF_RECORD_COMM:
				execed = execed || r.Exec && r.Comm == "sh"
			case unix.PERF_RECORD_MMAP2:
				isProgram := strings.HasPrefix(r.Mapping.Path, "/") && r.Mapping.Protection&4 != 0
				mapped = mapped || isProgram && r.Mapping.Inode != 0
			case unix.PERF_RECORD_EXIT:
				exited = true
			}
			now := unix.Timespec{}
			_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &now)
			if r.TimeNs == 0 || r.TimeNs > uint64(now.Nano()) {
				t.Errorf("time %d is not of CLOCK_MONOTONIC", r.TimeNs)
			}
		})
	}
	if !fork || !execed || !mapped || !exited {
		t.Errorf("fork %v, exec %v, mapping %v, exit %v", fork, execed, mapped, exited)
	}
}

func TestATracepointHasItsNumber(t *testing.T) {
	id, err := TracepointID("sched", "sched_process_exec")
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.ENODEV) {
		t.Skipf("skip: no tracefs here: %v", err)
	}
	if err != nil || id == 0 {
		t.Fatalf("%d, %v", id, err)
	}
	for _, name := range []string{"", "..", "a/b", "nothing_of_that_name"} {
		if _, err := TracepointID("sched", name); err == nil {
			t.Errorf("%q has a number", name)
		}
	}
}
