// SPDX-License-Identifier: Apache-2.0

package process

import (
	"strings"

	"otelkit/bpf-helper/internal/kernelmap"
)

// Segment is an executable PT_LOAD of a file.
type Segment struct {
	Offset uint64 `json:"offset"`
	Vaddr  uint64 `json:"vaddr"`
	Size   uint64 `json:"size"`
}

// File is what can be mapped under one key. Files of the same content have keys of their own and
// get the same slot.
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
	// isScanned: known from /proc only, which does not tell the inode's generation.
	isScanned bool
	unwanted  bool
	gone      bool
	witness   *witness
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
