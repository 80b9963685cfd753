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

const usualEventBytes = 64

// event waits until it is sent. Its texts are those of its time: a process may execute another program
// meanwhile.
type event struct {
	kind    uint8
	isLate  bool // its cgroup is read when it is sent
	process *Process
	timeNs  uint64
	comm    string
	path    string
	cgroup  string
	mapping Mapping
}

func (t *Tracker) note(e event) {
	e.comm, e.path = e.process.comm, e.process.path
	t.events = append(t.events, e)
}

// tellExit says that a process ended, once. It stays known for samples that are on their way.
func (t *Tracker) tellExit(p *Process) {
	if p.exitTold {
		return
	}
	p.exitTold = true
	t.note(event{kind: eventExit, process: p, timeNs: p.exitNs})
}

// describeEvents gives new events their texts: when the maps are written, since reading /proc takes time.
func (t *Tracker) describeEvents() {
	for i := t.described; i < len(t.events); i++ {
		e := &t.events[i]
		if e.kind == eventExec {
			t.describeExec(e)
		}
		e.cgroup = e.process.cgroup
	}
	t.described = len(t.events)
}

func (t *Tracker) describeExec(e *event) {
	if e.path == "" {
		e.process.describePath()
		e.path = e.process.path
	}
	if !e.isLate {
		t.readCgroup(e.process)
	}
}

// encodeEvents returns the events that wait, flat.
func (t *Tracker) encodeEvents() []byte {
	t.describeEvents()
	if len(t.events) == 0 {
		return nil
	}
	out := make([]byte, 0, len(t.events)*usualEventBytes)
	for i := range t.events {
		e := &t.events[i]
		if e.isLate && t.readCgroupLate(e) {
			e.cgroup = e.process.cgroup
		}
		out = appendEvent(out, e)
	}
	clear(t.events)
	t.events, t.described = t.events[:0], 0
	if cap(t.events) > manyEvents {
		t.events = nil // the programs that ran already
	}
	return out
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
		out = appendTexts(out, e.comm, e.path, e.cgroup)
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
	p.describePath()
	p.describeCgroup()
}

func (p *Process) describeCgroup() (isThere bool) {
	cgroup := procfs.Cgroup(p.PID)
	if cgroup == "" {
		return false
	}
	p.cgroup = cgroup
	return true
}

func (p *Process) describePath() {
	if p.path == "" {
		p.path = procfs.ExecutablePath(p.PID)
	}
}
