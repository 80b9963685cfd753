// SPDX-License-Identifier: Apache-2.0

package process

import (
	"time"

	"otelkit/bpf-helper/internal/limits"
	"otelkit/bpf-helper/internal/perfevent"
	"otelkit/bpf-helper/internal/procfs"
)

// Scan reads all of /proc: at the start, and after records were lost. It holds the lock for one
// process at a time only.
func (t *Tracker) Scan(flush func()) error {
	pids, err := procfs.PIDs()
	if err != nil {
		return err
	}
	for _, pid := range pids {
		t.mutex.Lock()
		t.scanProcess(pid)
		t.publish()
		urgent := t.urgent()
		t.mutex.Unlock()
		if urgent {
			flush()
		}
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.next.scan++
	t.forgetMissing(pids)
	return nil
}

// forgetMissing drops those whose end was in lost records.
func (t *Tracker) forgetMissing(pids []uint32) {
	there := make(map[uint32]bool, len(pids))
	for _, pid := range pids {
		there[pid] = true
	}
	for pid, p := range t.processes {
		if !there[pid] && p.exitNs == 0 {
			if _, err := procfs.ReadStatus(pid); err == nil {
				continue // Started since the list was read.
			}
			p.exitNs = perfevent.NowNs()
			t.exitLater(p)
		}
	}
}

// Rescan reads the processes that records asked for since the last call, and returns whether records
// were lost, so that a Scan is needed.
func (t *Tracker) Rescan() (all bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	some := t.scanOne
	all, t.rescan, t.scanOne = t.rescan, false, nil
	if all {
		t.stats.Rescans++
		t.next.scan++
	}
	if len(some) == 0 {
		return all
	}
	for _, p := range some {
		p.scanWaits = false
		if t.processes[p.PID] == p {
			t.scanProcess(p.PID)
		}
	}
	t.next.scan++
	t.publish()
	return all
}

func (t *Tracker) scanLater(p *Process) {
	if p.scanWaits {
		return
	}
	p.scanWaits = true
	t.scanOne = append(t.scanOne, p)
}

// scanProcess makes the mappings of a process those of /proc/PID/maps.
func (t *Tracker) scanProcess(pid uint32) {
	sinceNs := perfevent.NowNs()
	status, err := procfs.ReadStatus(pid)
	if err != nil || status.State == 'Z' && status.Threads <= 1 {
		return
	}
	mappings, err := procfs.ExecutableMappings(pid)
	if err != nil {
		return
	}
	p := t.processes[pid]
	isNew := p == nil
	if isNew {
		if p = t.create(pid, status.PPID, sinceNs); p == nil {
			return
		}
		p.hasExecuted = true
		if !status.Kernel {
			p.describe()
		}
	}
	if p.ppid == 0 {
		p.ppid = status.PPID
		p.excluded = t.filter.excludes(p, t.processes[p.ppid])
	}
	p.leaderExited = status.State == 'Z'
	if isNew || p.comm == "" {
		p.comm = status.Comm
		if p.path == "" && !isNew {
			p.describe()
		}
		p.execWaits = false
		t.note(event{kind: eventFound, process: p, timeNs: sinceNs})
	}
	t.replaceMappings(p, mappings, sinceNs)
	t.mark(p)
}

func (t *Tracker) replaceMappings(p *Process, scanned []procfs.Mapping, timeNs uint64) {
	old := p.mappings
	p.mappings, p.owned = nil, true
	at := 0
	for i := range scanned {
		s := &scanned[i]
		kind := contentOf(s.Path)
		if kind == isNothing || s.Start >= 1<<63 {
			continue
		}
		m := Mapping{Start: s.Start, End: s.End, FileOffset: s.FileOffset}
		for at < len(old) && old[at].Start < s.Start {
			at++
		}
		// What records told of it is more exact than what maps says: keep that.
		if kind == isFile && at < len(old) && old[at].same(s) {
			p.insert(old[at])
			old[at].File.awaitIfNeeded(p)
			continue
		}
		if kind == isFile {
			m.File = t.fileOfScan(p.PID, &perfevent.Mapping{
				Start: s.Start, End: s.End, FileOffset: s.FileOffset, Path: s.Path,
				Major: s.Major, Minor: s.Minor, Inode: s.Inode,
			})
		}
		known := at < len(old) && old[at].covers(m)
		if !p.insert(m) {
			continue
		}
		m.File.awaitIfNeeded(p)
		if !known {
			t.note(event{kind: eventMapping, process: p, timeNs: timeNs, mapping: m})
		}
	}
	p.pruneAt = max(firstPrune, 2*len(p.mappings))
}

func (f *File) awaitIfNeeded(p *Process) {
	if f != nil && !f.answered {
		f.await(p)
	}
}

// same tells that a scanned mapping is the one that a record told of.
func (x Mapping) same(s *procfs.Mapping) bool {
	return x.File != nil && x.Start == s.Start && x.End == s.End && x.FileOffset == s.FileOffset &&
		x.File.path == s.Path
}

func (t *Tracker) exitLater(p *Process) {
	t.exits = append(t.exits, exit{p, t.now().Add(limits.ExitGrace)})
}

// Tick forgets those whose time is over; to be called a few times a second.
func (t *Tracker) Tick(now time.Time) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	done := 0
	for done < len(t.exits) && !t.exits[done].due.After(now) {
		t.settleExit(t.exits[done].process)
		done++
	}
	if done > 0 {
		rest := copy(t.exits, t.exits[done:])
		clear(t.exits[rest:])
		t.exits = t.exits[:rest]
	}
	retry := t.retry
	t.retry = nil
	for _, p := range retry {
		t.mark(p)
	}
	t.sweepFiles()
	t.publish()
}

// SettleExits tells of those that ended lately, at the end of a session.
func (t *Tracker) SettleExits() { t.Tick(t.now().Add(limits.ExitGrace)) }

func (t *Tracker) settleExit(p *Process) {
	if t.processes[p.PID] != p || p.exitNs == 0 {
		return
	}
	if p.threads == unknownThreads && procfs.HasOtherThreads(p.PID) {
		p.exitNs = 0 // The main thread ended, the others did not.
		return
	}
	t.forget(p, p.exitNs)
}
