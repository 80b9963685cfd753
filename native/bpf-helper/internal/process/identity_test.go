// SPDX-License-Identifier: Apache-2.0

package process

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/perfevent"
)

// library writes a file and returns what a record tells of it.
func library(t *testing.T, content string) perfevent.Mapping {
	t.Helper()
	path := filepath.Join(t.TempDir(), "library.so")
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
	var stat unix.Stat_t
	if err := unix.Stat(path, &stat); err != nil {
		t.Fatal(err)
	}
	return perfevent.Mapping{
		Start: 0x1000, End: 0x2000, Inode: stat.Ino, InodeGeneration: 7, Path: path, Protection: 5,
		Major: unix.Major(stat.Dev), Minor: unix.Minor(stat.Dev),
	}
}

// read answers what is announced, as somebody does who has read the file.
func (r *rig) read(slot uint32) (announced int) {
	r.Helper()
	_, files := r.tracker.Output()
	for _, file := range files {
		fd, err := unix.Open(file.Path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			r.Fatal(err)
		}
		r.Cleanup(func() { _ = unix.Close(fd) })
		var stat unix.Stat_t
		if err := unix.Fstat(fd, &stat); err != nil {
			r.Fatal(err)
		}
		err = r.tracker.SetFile(Answer{
			Key: file.Key, Slot: slot, Kind: "native",
			Witness: &Witness{
				Path: fmt.Sprintf("/proc/self/fd/%d", fd), ChangedNs: fmt.Sprint(stat.Ctim.Nano()),
			},
		})
		if err != nil {
			r.Fatal(err)
		}
	}
	r.tracker.Publish()
	return len(files)
}

func (r *rig) runs(pid uint32, m perfevent.Mapping) {
	record := mapOf(pid, 0, 0, 0, 0, "")
	record.Mapping = m
	r.apply(fork(pid, 1), execOf(pid, "a"), record)
}

func TestAFileThatWasOverwrittenInPlaceIsAnotherOne(t *testing.T) {
	r := newRig(t)
	m := library(t, "the first")
	r.runs(p1, m)
	if r.read(3) != 1 || r.list(p1)[0].Slot != 3 {
		t.Fatalf("%+v", r.list(p1))
	}
	r.runs(p2, m)
	if r.read(4) != 0 || r.list(p2)[0].Slot != 3 {
		t.Fatalf("a known file is announced again: %+v", r.list(p2))
	}
	for slot := uint32(5); slot < 7; slot++ {
		// The same inode, size and path. The clock of file times ticks every few milliseconds.
		overwrite(t, m.Path, slot)
		r.runs(p3, m)
		if r.list(p3)[0].Slot != 0 {
			t.Fatal("what was overwritten has the table of what it was before")
		}
		if r.read(slot) != 1 || r.list(p3)[0].Slot != uint16(slot) {
			t.Fatalf("%+v", r.list(p3))
		}
	}
	if r.list(p1)[0].Slot != 3 {
		t.Error("what was mapped before lost its table")
	}
}

// overwrite changes a file until that shows in its time.
func overwrite(t *testing.T, path string, number uint32) {
	t.Helper()
	var before, after unix.Stat_t
	if err := unix.Stat(path, &before); err != nil {
		t.Fatal(err)
	}
	for after.Ctim == (unix.Timespec{}) || after.Ctim == before.Ctim {
		if err := os.WriteFile(path, fmt.Appendf(nil, "the %5d", number), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := unix.Stat(path, &after); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFileThatIsHeldOpenIsTheSameInRecordsAndScans(t *testing.T) {
	r := newRig(t)
	m := library(t, "shared")
	scanned := m
	scanned.InodeGeneration = 0
	known := r.tracker.fileOfScan(p1, &scanned)
	if r.tracker.fileOfRecord(p1, &m) == known {
		t.Fatal("nobody holds it: its inode may have been used again")
	}
	r.read(3)
	r.tracker.next.scan++
	if r.tracker.fileOfScan(p2, &scanned) == nil || r.read(9) != 0 {
		t.Error("a later scan takes it for another file")
	}
	other := m
	other.Path = "/other/subvolume.so"
	if r.tracker.fileOfRecord(p1, &other).Ref == known.Ref {
		t.Error("another path on the same device and inode is the same file")
	}
	grown := m
	grown.InodeGeneration++
	if file := r.tracker.fileOfRecord(p1, &grown); file.key == r.tracker.fileOfRecord(p1, &m).key {
		t.Error("another generation of an inode is the same file")
	}
}

func TestFilesAreForgottenOnRequestUnlessTheyAreMapped(t *testing.T) {
	r := newRig(t)
	m := library(t, "content")
	r.runs(p1, m)
	r.read(3)
	key := r.tracker.processes[p1].mappings[0].File.key
	r.tracker.Forget([]string{key, "no such key"})
	if r.runs(p2, m); r.list(p2)[0].Slot != 3 || r.tracker.witnesses != 1 {
		t.Fatal("a file that is mapped was forgotten")
	}
	r.apply(exitOf(p1, p1), exitOf(p2, p2))
	r.later(time.Minute)
	r.tracker.Forget([]string{key})
	if r.tracker.Stats().Files != 0 || r.tracker.witnesses != 0 || len(r.tracker.latest) != 0 {
		t.Errorf("%+v, %d held open", r.tracker.Stats(), r.tracker.witnesses)
	}
}
