// SPDX-License-Identifier: Apache-2.0

package process

import (
	"encoding/binary"

	"otelkit/bpf-helper/internal/limits"
	"otelkit/bpf-helper/internal/procfs"
)

// Types of process events (docs/profile-internals.md §4).
const (
	eventFound   = 1
	eventFork    = 2
	eventExec    = 3
	eventComm    = 4
	eventExit    = 5
	eventMapping = 6
)

// event waits until the maps are written, since reading /proc for its texts takes time.
type event struct {
	kind    uint8
	process *Process
	timeNs  uint64
	mapping Mapping
}

func (t *Tracker) note(e event) { t.batch = append(t.batch, e) }

// encodeBatch appends the waiting events to the output.
func (t *Tracker) encodeBatch() {
	for i := range t.batch {
		t.output = appendEvent(t.output, &t.batch[i])
	}
	clear(t.batch)
	t.batch = t.batch[:0]
}

func appendEvent(out []byte, e *event) []byte {
	p := e.process
	start := len(out)
	out = append(out, 0, 0, e.kind, 0)
	out = binary.LittleEndian.AppendUint32(out, p.PID)
	out = binary.LittleEndian.AppendUint32(out, p.ppid)
	out = binary.LittleEndian.AppendUint32(out, p.generation)
	out = binary.LittleEndian.AppendUint64(out, e.timeNs)
	switch e.kind {
	case eventFound, eventExec, eventComm:
		if e.kind == eventExec {
			p.describe()
		}
		out = appendTexts(out, p.comm, p.path, p.cgroup)
	case eventMapping:
		out = binary.LittleEndian.AppendUint64(out, e.mapping.Start)
		out = binary.LittleEndian.AppendUint64(out, e.mapping.End)
		out = binary.LittleEndian.AppendUint64(out, e.mapping.FileOffset)
		ref := uint32(0)
		if e.mapping.File != nil {
			ref = e.mapping.File.Ref
		}
		out = binary.LittleEndian.AppendUint32(out, ref)
		out = binary.LittleEndian.AppendUint32(out, 0)
	}
	binary.LittleEndian.PutUint16(out[start:], uint16(len(out)-start))
	return out
}

func appendTexts(out []byte, comm, path, cgroup string) []byte {
	path = path[:min(len(path), limits.PathBytes)]
	cgroup = cgroup[:min(len(cgroup), limits.CgroupBytes)]
	comm = comm[:min(len(comm), 64)]
	out = binary.LittleEndian.AppendUint16(out, uint16(len(comm)))
	out = binary.LittleEndian.AppendUint16(out, uint16(len(path)))
	out = binary.LittleEndian.AppendUint16(out, uint16(len(cgroup)))
	out = append(out, 0, 0)
	out = append(out, comm...)
	out = append(out, path...)
	return append(out, cgroup...)
}

// describe reads what only /proc tells. A process that is gone already keeps its parent's cgroup.
func (p *Process) describe() {
	if p.path == "" {
		p.path = procfs.ExecutablePath(p.PID)
	}
	if cgroup := procfs.Cgroup(p.PID); cgroup != "" {
		p.cgroup = cgroup
	}
}
