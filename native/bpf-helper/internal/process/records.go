// SPDX-License-Identifier: Apache-2.0

package process

import (
	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/perfevent"
)

// Apply takes records in the order of their times, updates the maps once for each process that they
// concern, and returns whether something has to be sent soon.
func (t *Tracker) Apply(records []perfevent.Record) (urgent bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for i := range records {
		t.stats.TaskRecords++
		t.apply(&records[i])
	}
	t.publish()
	return t.urgent()
}

func (t *Tracker) apply(r *perfevent.Record) {
	switch r.Type {
	case unix.PERF_RECORD_FORK:
		t.fork(r)
	case unix.PERF_RECORD_EXIT:
		t.exit(r)
	case unix.PERF_RECORD_COMM:
		t.comm(r)
	case unix.PERF_RECORD_MMAP2:
		t.mmap(r)
	case unix.PERF_RECORD_LOST:
		t.stats.LostRecords += r.Lost
		t.rescan = true
		for _, p := range t.processes {
			p.threads = unknownThreads
		}
	}
}

func (t *Tracker) fork(r *perfevent.Record) {
	if r.PID == r.PPID {
		if p := t.processes[r.PID]; p != nil && p.threads != unknownThreads && r.TimeNs >= p.sinceNs {
			p.threads++
			p.exitNs = 0 // Records of two CPUs may come in the wrong order.
		}
		return
	}
	if known := t.processes[r.PID]; known != nil && known.sinceNs >= r.TimeNs {
		return // The /proc scan or a later record was faster.
	}
	child := t.create(r.PID, r.PPID, r.TimeNs)
	if child == nil {
		return
	}
	child.threads = 1
	t.note(event{kind: eventFork, process: child, timeNs: r.TimeNs})
	parent := t.processes[r.PPID]
	if parent == nil {
		t.scanLater(child)
		return
	}
	child.comm, child.path, child.cgroup = parent.comm, parent.path, parent.cgroup
	child.mappings, parent.owned = parent.mappings, false
	child.awaitFiles()
	if parent.dirty || parent.ranges == nil {
		t.mark(child)
		return
	}
	child.ranges, child.rangesNs = parent.ranges, child.sinceNs
	child.ranges.Users++
	child.generation = t.nextGeneration()
	t.stats.Published++
	t.setProcess(child)
}

// exit ends a process when its last thread goes, which may be long after the main thread did.
func (t *Tracker) exit(r *perfevent.Record) {
	p := t.processes[r.PID]
	if p == nil || r.TimeNs < p.sinceNs {
		return
	}
	if p.threads != unknownThreads {
		p.threads--
		if p.threads > 0 {
			return
		}
	}
	p.leaderExited = p.leaderExited || r.TID == r.PID
	if p.threads == unknownThreads && !p.leaderExited {
		return
	}
	p.exitNs = r.TimeNs
	if p.threads == 0 {
		t.tellExit(p)
	}
	t.exitLater(p)
}

func (t *Tracker) comm(r *perfevent.Record) {
	p := t.processes[r.PID]
	if p == nil {
		p = t.found(r)
	}
	switch {
	case p == nil:
	case r.Exec && r.TimeNs >= p.sinceNs:
		t.exec(p, r)
	case !r.Exec && r.TID == r.PID && p.comm != r.Comm:
		p.comm = r.Comm
		t.note(event{kind: eventComm, process: p, timeNs: r.TimeNs})
	}
}

func (t *Tracker) exec(p *Process, r *perfevent.Record) {
	for i := range p.mappings {
		if file := p.mappings[i].File; file != nil && file.waiting != nil {
			delete(file.waiting, p)
		}
	}
	p.comm, p.path = r.Comm, ""
	p.sinceNs = r.TimeNs
	p.mappings, p.owned = nil, true
	p.threads, p.leaderExited, p.exitNs, p.exitTold = 1, false, 0, false
	p.childrenStayed = 0
	p.execWaits, p.left = true, false
	p.pruneAt = firstPrune
	t.mark(p)
}

func (t *Tracker) mmap(r *perfevent.Record) {
	if r.Mapping.Protection&protectionExec == 0 || r.Mapping.Start >= 1<<63 {
		return
	}
	p := t.processes[r.PID]
	if p == nil {
		p = t.found(r)
	}
	if p == nil || r.TimeNs < p.sinceNs {
		return
	}
	kind := contentOf(r.Mapping.Path)
	if kind == isNothing {
		return
	}
	t.finishExec(p, r)
	m := Mapping{Start: r.Mapping.Start, End: r.Mapping.End, FileOffset: r.Mapping.FileOffset}
	if kind == isFile {
		m.File = t.fileOfRecord(p.PID, &r.Mapping)
	}
	if m.File != nil && m.File.key == vdsoKey {
		m.FileOffset = 0
	}
	t.add(p, m, r.TimeNs)
}

// add inserts a mapping and lets its process wait for what is not known of the file.
func (t *Tracker) add(p *Process, m Mapping, timeNs uint64) {
	if !p.insert(m) {
		return
	}
	if m.File != nil && !m.File.answered {
		m.File.await(p)
	}
	t.mark(p)
	t.note(event{kind: eventMapping, process: p, timeNs: timeNs, mapping: m})
	if len(p.mappings) >= p.pruneAt {
		// Nothing tells of munmap: what is gone piles up where libraries come and go.
		p.pruneAt = 2 * len(p.mappings)
		t.scanLater(p)
	}
}

// finishExec tells of an exec once its first mapping, which is the program's own, names the program.
func (t *Tracker) finishExec(p *Process, r *perfevent.Record) {
	if !p.execWaits {
		return
	}
	p.execWaits = false
	if r != nil && r.Mapping.Path != "" && r.Mapping.Path[0] == '/' {
		p.path = r.Mapping.Path
	}
	t.started = t.started || !p.excluded
	t.note(event{kind: eventExec, process: p, timeNs: p.sinceNs, isLate: !t.readsCgroup(p)})
	p.hasExecuted = true
}

// found adds a process of which a record tells though no fork did.
func (t *Tracker) found(r *perfevent.Record) *Process {
	p := t.create(r.PID, 0, r.TimeNs)
	if p != nil {
		t.scanLater(p)
	}
	return p
}

func (p *Process) awaitFiles() {
	for i := range p.mappings {
		if file := p.mappings[i].File; file != nil && !file.answered {
			file.await(p)
		}
	}
}
