// SPDX-License-Identifier: Apache-2.0

package process

import (
	"encoding/hex"
	"fmt"
	"strings"

	"otelkit/bpf-helper/internal/kernelmap"
	"otelkit/bpf-helper/internal/perfevent"
)

// Segment is an executable PT_LOAD of a file.
type Segment struct {
	Offset uint64 `json:"offset"`
	Vaddr  uint64 `json:"vaddr"`
	Size   uint64 `json:"size"`
}

// File is what can be mapped under one key. Several keys may stand for one file (by build ID where
// the record has it, by inode otherwise); then they get the same slot.
type File struct {
	Ref       uint32
	key       string
	path      string
	announced bool
	answered  bool
	slot      uint16
	kind      uint8
	segments  []Segment
	waiting   map[*Process]struct{}
	marked    bool
}

// NewFile is an element of frame 0x11.
type NewFile struct {
	Ref        uint32 `json:"ref"`
	Key        string `json:"key"`
	Path       string `json:"path"`
	PID        uint32 `json:"pid"`
	Start      string `json:"start"`
	End        string `json:"end"`
	FileOffset uint64 `json:"fileOffset"`
	Deleted    bool   `json:"deleted,omitempty"`
	Anonymous  bool   `json:"anonymous,omitempty"`
}

// fileOf returns the file of a mapping. Anybody can write the build ID of root's libc into a file of
// his own, and must not choose by which table it is unwound: until a file of that build ID was read for
// a process of root, each user has his own. Processes that ended before anybody could ask have one, too.
// The real user counts: whoever runs a program that changes users by its set-user-ID bit may have run
// another one a moment ago.
func (t *Tracker) fileOf(pid uint32, m *perfevent.Mapping) *File {
	key := keyOf(m)
	if f := t.files[key]; f != nil && f.answered || m.BuildID == "" {
		return t.file(key, pid, m)
	}
	switch uid, ok := t.uidOf(pid); {
	case !ok:
		key += ":u?"
	case uid != 0:
		key += fmt.Sprintf(":u%d", uid)
	}
	return t.file(key, pid, m)
}

const (
	vdsoKey        = "vdso"
	deletedSuffix  = " (deleted)"
	protectionExec = 4
)

// content is how a mapping's name is understood.
type content int

const (
	isFile content = iota
	isAnonymous
	isNothing // of the kernel, and never the code of a frame
)

func contentOf(path string) content {
	switch {
	case path == "[vdso]":
		return isFile
	case path == "[vsyscall]" || path == "[uprobes]":
		return isNothing
	case path == "" || path == "//anon" || path[0] == '[':
		return isAnonymous
	case strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/SYSV"),
		strings.HasPrefix(path, "/anon_hugepage"):
		return isAnonymous
	}
	return isFile
}

// keyOf is what a file is known by, for root's processes.
func keyOf(m *perfevent.Mapping) string {
	switch {
	case m.Path == "[vdso]":
		return vdsoKey
	case m.BuildID != "":
		return "b:" + hex.EncodeToString([]byte(m.BuildID))
	}
	return fmt.Sprintf("i:%d:%d:%d:%d", m.Major, m.Minor, m.Inode, m.InodeGeneration)
}

// kernelMappings appends what the BPF side has to know of one mapping: one entry for each segment
// that it shows, since each may lie elsewhere in the address space than in the file.
func (m *Mapping) kernelMappings(out []kernelmap.Mapping) []kernelmap.Mapping {
	whole := kernelmap.Mapping{Start: m.Start, End: m.End}
	file := m.File
	switch {
	case file == nil:
		whole.Kind = kernelmap.KindFramePointers
		return append(out, whole)
	case !file.answered:
		whole.Kind = kernelmap.KindTable
		return append(out, whole)
	}
	whole.Kind, whole.Slot = file.kind, file.slot
	if len(file.segments) == 0 {
		whole.Bias = m.Start - m.FileOffset
		return append(out, whole)
	}
	first := len(out)
	for _, s := range file.segments {
		if s.Offset >= m.FileOffset+(m.End-m.Start) || s.Offset+s.Size <= m.FileOffset {
			continue
		}
		piece := whole
		piece.Bias = m.Start - m.FileOffset + s.Offset - s.Vaddr
		if len(out) > first {
			piece.Start = m.Start + (s.Offset - m.FileOffset)
			out[len(out)-1].End = piece.Start
		}
		out = append(out, piece)
	}
	if len(out) == first {
		whole.Kind = kernelmap.KindNone
		whole.Bias = m.Start - m.FileOffset
		return append(out, whole)
	}
	return out
}
