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

// inodeKey is what a file is known by as long as it is held open. The path belongs to it: device and
// inode are the same in several subvolumes of btrfs, and may be in several layers of an overlay.
func inodeKey(m *perfevent.Mapping) string {
	path, _ := strings.CutSuffix(m.Path, deletedSuffix)
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(path))
	return fmt.Sprintf("i:%d:%d:%d:%016x", m.Major, m.Minor, m.Inode, hash.Sum64())
}

// fileOfRecord returns the file of which a record tells.
func (t *Tracker) fileOfRecord(pid uint32, m *perfevent.Mapping) *File {
	return t.fileOf(pid, m, fmt.Sprint(m.InodeGeneration), false)
}

// fileOfScan returns the file of a line of /proc/PID/maps. The number of the scan stands for the
// inode's generation, which /proc does not tell: inodes are used again, but not while one is mapped.
func (t *Tracker) fileOfScan(pid uint32, m *perfevent.Mapping) *File {
	return t.fileOf(pid, m, fmt.Sprintf("s%d", t.next.scan), true)
}

func (t *Tracker) fileOf(pid uint32, m *perfevent.Mapping, generation string, isScanned bool) *File {
	if m.Path == "[vdso]" {
		return t.file(vdsoKey, vdsoKey, pid, m)
	}
	inode := inodeKey(m)
	name := inode + ":" + generation
	known := t.latest[name]
	if known == nil {
		// An inode that is held open is the same one, whatever its generation is.
		held := t.latest[inode]
		if held != nil && held.witness != nil && (held.isScanned || isScanned) {
			known = held
			t.latest[name] = known
		}
	}
	key := name
	if known != nil && known.witness != nil && !known.witness.holds() {
		// Written to since it was read: what is mapped from now on is another file.
		t.next.change++
		key = fmt.Sprintf("%s:c%d", name, t.next.change)
		known = nil
	} else if known != nil {
		key = known.key
	}
	file := t.file(key, name, pid, m)
	if file != nil && known == nil {
		file.isScanned = isScanned
		t.latest[inode] = file
	}
	return file
}

// file returns the file of a key, announced if it is not known. name is what leads to it.
func (t *Tracker) file(key, name string, pid uint32, m *perfevent.Mapping) *File {
	f := t.files[key]
	if f == nil {
		if len(t.files) >= limits.Files {
			return nil
		}
		f = t.newFile(key, m.Path)
		t.latest[name] = f
	}
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
