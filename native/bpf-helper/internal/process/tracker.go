// SPDX-License-Identifier: Apache-2.0

// Package process follows processes and their executable mappings by perf records, and keeps the
// BPF side's picture of them up to date.
package process

import (
	"sync"
	"time"

	"otelkit/bpf-helper/internal/kernelmap"
	"otelkit/bpf-helper/internal/limits"
)

// Process is one incarnation of a PID.
type Process struct {
	PID        uint32
	ppid       uint32
	generation uint32
	// sinceNs is when its address space began; older records are about what was there before.
	sinceNs uint64
	// threads is their number, or unknownThreads for a process that was not seen from its start.
	threads      int
	leaderExited bool
	comm         string
	path         string
	cgroup       string
	mappings     []Mapping
	owned        bool
	ranges       *kernelmap.Range
	rangesNs     uint64 // sinceNs when they were written
	excluded     bool
	left         bool // this program of it is not wanted
	dirty        bool
	execWaits    bool // an exec was seen, its first mapping not yet
	scanWaits    bool
	exitNs       uint64
	exitTold     bool
	hasExecuted  bool // a program of its own, since it was forked
	// childrenStayed counts those that executed a program in this one's cgroup; see readsCgroup.
	childrenStayed int
	pruneAt        int
}

const (
	unknownThreads = -1
	firstPrune     = 512
	firstSweep     = 16384
	generations    = 1 // the first one; 0 means unknown
	manyEvents     = 1 << 13
)

// Tracker is safe for use by several goroutines.
type Tracker struct {
	mutex     sync.Mutex
	maps      Maps
	processes map[uint32]*Process
	files     map[string]*File   // by key
	latest    map[fileName]*File // by what records and scans tell of it
	dirty     []*Process
	retry     []*Process // found no room for their mappings
	exits     []exit
	events    []event
	described int // of the events
	newFiles  []NewFile
	filter    filter
	next      struct{ generation, ref, scan, change uint32 }
	rescan    bool
	started   bool // a program, since TakeStarted
	scanOne   []*Process
	stats     Stats
	sweepAt   int // files
	witnesses int // that are open
	now       func() time.Time
}

type exit struct {
	process *Process
	due     time.Time
}

// Stats counts what happened, by the names of the statistics frame.
type Stats struct {
	TaskRecords     uint64 `json:"taskRecords"`
	LostRecords     uint64 `json:"lostTaskRecords"`
	Rescans         uint64 `json:"rescans"`
	Published       uint64 `json:"processUpdates"`
	MappingSpace    uint64 `json:"mappingSpaceFull"`
	ProcessSpace    uint64 `json:"processSpaceFull"`
	Processes       int    `json:"processes"`
	Files           int    `json:"files"`
	UnansweredFiles int    `json:"filesUnanswered"`
}

// NewTracker makes one that knows nobody yet.
func NewTracker(maps Maps) *Tracker {
	t := &Tracker{
		maps: maps, processes: map[uint32]*Process{}, files: map[string]*File{},
		latest: map[fileName]*File{}, now: time.Now, sweepAt: firstSweep,
	}
	t.next.generation, t.next.ref = generations, 1
	return t
}

// Output takes what is to be sent: flat process events and new files, in this order of use.
func (t *Tracker) Output() (events []byte, files []NewFile) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	files, t.newFiles = t.newFiles, nil
	return t.encodeEvents(), files
}

// Urgent tells that new files wait to be announced, or many events.
func (t *Tracker) Urgent() bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.urgent()
}

func (t *Tracker) urgent() bool { return len(t.newFiles) > 0 || len(t.events) >= manyEvents }

// TakeStarted returns whether a program has started since the last call that is not left out.
func (t *Tracker) TakeStarted() bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	started := t.started
	t.started = false
	return started
}

// Stats returns the counts so far.
func (t *Tracker) Stats() Stats {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	stats := t.stats
	stats.Processes, stats.Files = len(t.processes), len(t.files)
	for _, file := range t.files {
		if !file.answered {
			stats.UnansweredFiles++
		}
	}
	return stats
}

// create adds a process that was not known, in place of an older one of that PID.
func (t *Tracker) create(pid, ppid uint32, sinceNs uint64) *Process {
	if old := t.processes[pid]; old != nil {
		t.forget(old, sinceNs)
	}
	if len(t.processes) >= limits.Processes {
		t.stats.ProcessSpace++
		return nil
	}
	p := &Process{PID: pid, ppid: ppid, sinceNs: sinceNs, threads: unknownThreads, pruneAt: firstPrune}
	p.excluded = t.filter.excludes(p, t.processes[ppid])
	t.processes[pid] = p
	return p
}

// mark lets the next publish tell the BPF side about p.
func (t *Tracker) mark(p *Process) {
	if p == nil || p.dirty {
		return
	}
	p.dirty = true
	t.dirty = append(t.dirty, p)
}

// publish writes what changed, each process once, and then reads what the events have to tell.
func (t *Tracker) publish() {
	for _, p := range t.dirty {
		p.dirty = false
		if t.processes[p.PID] == p {
			t.publishOne(p)
		}
	}
	clear(t.dirty)
	t.dirty = t.dirty[:0]
	t.describeEvents()
}

func (t *Tracker) publishOne(p *Process) {
	t.stats.Published++
	old := p.ranges
	p.ranges = nil
	if len(p.mappings) > 0 && !t.putMappings(p) {
		t.retry = append(t.retry, p)
		if old != nil && p.rangesNs == p.sinceNs {
			// Better the old ones of this program than none, until there is room.
			p.ranges = old
			return
		}
	}
	p.rangesNs = p.sinceNs
	p.generation = t.nextGeneration()
	t.setProcess(p)
	if old != nil {
		t.maps.Release(old)
	}
}

func (t *Tracker) putMappings(p *Process) bool {
	entries := make([]kernelmap.Mapping, 0, len(p.mappings)+1)
	for i := range p.mappings {
		entries = p.mappings[i].kernelMappings(entries)
	}
	ranges, err := t.maps.PutMappings(entries)
	if err != nil {
		t.stats.MappingSpace++
		return false
	}
	p.ranges = ranges
	return true
}

func (t *Tracker) setProcess(p *Process) {
	entry := kernelmap.Process{Generation: p.generation}
	if p.ranges != nil {
		entry.FirstMapping, entry.MappingCount = uint32(p.ranges.First), uint32(p.ranges.Count)
	}
	if p.excluded || p.left {
		entry.Flags |= kernelmap.ProcessExcluded
	}
	if err := t.maps.SetProcess(p.PID, entry); err != nil {
		t.stats.ProcessSpace++
	}
}

func (t *Tracker) nextGeneration() uint32 {
	t.next.generation++
	if t.next.generation == 0 {
		t.next.generation = generations
	}
	return t.next.generation
}

// forget ends an incarnation: its PID is free, or taken already.
func (t *Tracker) forget(p *Process, atNs uint64) {
	if p.exitNs == 0 {
		p.exitNs = atNs
	}
	t.tellExit(p)
	if t.processes[p.PID] == p {
		delete(t.processes, p.PID)
		// An error means that the entry is not there, as is wanted.
		_ = t.maps.DeleteProcess(p.PID)
	}
	if p.ranges != nil {
		t.maps.Release(p.ranges)
		p.ranges = nil
	}
	for i := range p.mappings {
		if file := p.mappings[i].File; file != nil && file.waiting != nil {
			delete(file.waiting, p)
		}
	}
	p.mappings, p.owned = nil, false
}
