// SPDX-License-Identifier: Apache-2.0

package process

import (
	"fmt"
	"hash/fnv"
	"strings"

	"otelkit/bpf-helper/internal/limits"
	"otelkit/bpf-helper/internal/perfevent"
)

// Build IDs are not asked for: while an event asks, the kernel (seen on 6.18) marks the records of
// everybody else's events as well, and other profilers die of that. See
// docs/decisions/0006-files-by-inode.md.

// fileName is what records and scans tell of a file, as long as it is held open. The path belongs to
// it: device and inode are the same in several subvolumes of btrfs, and may be in several layers of an
// overlay. It is compared as it is: a text would have to be made for each mapping of each program.
type fileName struct {
	path         string
	major, minor uint32
	inode        uint64
	// generation is the inode's or, as /proc does not tell that, the number of the scan: inodes are used
	// again, but not while one is mapped.
	generation uint64
	toldBy     uint8
}

const (
	byInode uint8 = iota // whatever the generation
	byRecord
	byScan
)

func nameOf(m *perfevent.Mapping, toldBy uint8, generation uint64) fileName {
	path, _ := strings.CutSuffix(m.Path, deletedSuffix)
	return fileName{path, m.Major, m.Minor, m.Inode, generation, toldBy}
}

// key is what TypeScript knows a file by (docs/profile-internals.md §4).
func (n fileName) key() string {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(n.path))
	scanned := ""
	if n.toldBy == byScan {
		scanned = "s"
	}
	return fmt.Sprintf("i:%d:%d:%d:%016x:%s%d", n.major, n.minor, n.inode, hash.Sum64(), scanned,
		n.generation)
}

// fileOfRecord returns the file of which a record tells.
func (t *Tracker) fileOfRecord(pid uint32, m *perfevent.Mapping) *File {
	return t.fileOf(pid, m, nameOf(m, byRecord, m.InodeGeneration))
}

// fileOfScan returns the file of a line of /proc/PID/maps.
func (t *Tracker) fileOfScan(pid uint32, m *perfevent.Mapping) *File {
	return t.fileOf(pid, m, nameOf(m, byScan, uint64(t.next.scan)))
}

func (t *Tracker) fileOf(pid uint32, m *perfevent.Mapping, name fileName) *File {
	if m.Path == "[vdso]" {
		return t.file(vdsoKey, fileName{path: vdsoKey}, pid, m)
	}
	inode := name
	inode.generation, inode.toldBy = 0, byInode
	known := t.latest[name]
	if known == nil {
		// An inode that is held open is the same one, whatever its generation is.
		held := t.latest[inode]
		if held != nil && held.witness != nil && (held.isScanned || name.toldBy == byScan) {
			known = held
			t.latest[name] = known
		}
	}
	if known != nil && (known.witness == nil || known.witness.holds()) {
		return t.announced(known, pid, m)
	}
	key := name.key()
	if known != nil {
		// Written to since it was read: what is mapped from now on is another file.
		t.next.change++
		key = fmt.Sprintf("%s:c%d", key, t.next.change)
	}
	file := t.file(key, name, pid, m)
	if file != nil {
		file.isScanned = name.toldBy == byScan
		t.latest[inode] = file
	}
	return file
}

// file returns the file of a key, announced if it is not known. name is what leads to it.
func (t *Tracker) file(key string, name fileName, pid uint32, m *perfevent.Mapping) *File {
	f := t.files[key]
	if f == nil {
		if len(t.files) >= limits.Files {
			return nil
		}
		f = t.newFile(key, m.Path)
		t.latest[name] = f
	}
	return t.announced(f, pid, m)
}

// announced lets TypeScript know of a file that it has said nothing of.
func (t *Tracker) announced(f *File, pid uint32, m *perfevent.Mapping) *File {
	if f.announced || f.answered {
		return f
	}
	f.announced = true
	path, deleted := strings.CutSuffix(m.Path, deletedSuffix)
	t.newFiles = append(t.newFiles, NewFile{
		Ref: f.Ref, Key: f.key, Path: path[:min(len(path), limits.PathBytes)], PID: pid,
		Start: fmt.Sprintf("0x%x", m.Start), End: fmt.Sprintf("0x%x", m.End),
		FileOffset: m.FileOffset, Deleted: deleted,
	})
	return f
}

func (t *Tracker) newFile(key, path string) *File {
	f := &File{Ref: t.next.ref, key: key, path: path}
	t.next.ref++
	t.files[key] = f
	return f
}

// Forget gives up files by their keys, unless somebody has them mapped by now.
func (t *Tracker) Forget(keys []string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, key := range keys {
		if f := t.files[key]; f != nil {
			f.unwanted = true
		}
	}
	t.removeFiles(func(f *File) bool { return f.unwanted })
	for _, f := range t.files {
		f.unwanted = false
	}
}

// sweepFiles forgets files that nobody has mapped and nothing is said of: hosts that compile and run
// all day see new ones all the time.
func (t *Tracker) sweepFiles() {
	if len(t.files) <= t.sweepAt {
		return
	}
	t.removeFiles(func(f *File) bool { return f.slot == 0 })
	t.sweepAt = max(firstSweep, 2*len(t.files))
}

// removeFiles forgets those that are chosen and that nobody has mapped.
func (t *Tracker) removeFiles(chosen func(*File) bool) {
	for _, p := range t.processes {
		for i := range p.mappings {
			if file := p.mappings[i].File; file != nil {
				file.marked = true
			}
		}
	}
	for key, file := range t.files {
		if !file.marked && chosen(file) {
			file.gone = true
			t.dropWitness(file)
			delete(t.files, key)
		}
		file.marked = false
	}
	for name, file := range t.latest {
		if file.gone {
			delete(t.latest, name)
		}
	}
}
