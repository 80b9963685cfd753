// SPDX-License-Identifier: Apache-2.0

package process

// filter decides who is sampled. A process is as its parent is, unless it is listed itself.
type filter struct {
	include map[uint32]bool // nil: everybody
	exclude map[uint32]bool
}

const (
	maxAncestors = 256
	sinceSlackNs = 64
)

func (f *filter) excludes(p, parent *Process) bool {
	switch {
	case f.exclude[p.PID]:
		return true
	case f.include[p.PID]:
		return false
	case parent != nil:
		return parent.excluded
	}
	return f.include != nil
}

// SetFilter makes include (nobody: everybody) and exclude count, for known processes by their
// present ancestors.
func (t *Tracker) SetFilter(include, exclude []uint32) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.filter = filter{exclude: set(exclude)}
	if len(include) > 0 {
		t.filter.include = set(include)
	}
	for _, p := range t.processes {
		excluded := t.excludedByAncestors(p)
		if excluded != p.excluded {
			p.excluded = excluded
			t.setProcess(p)
		}
	}
}

// Leave stops sampling a process for as long as it runs the program that it ran at a time: who it
// belongs to or what it is called tells TypeScript that nobody wants it. Its children are judged anew.
func (t *Tracker) Leave(pid uint32, atNs uint64) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	p := t.processes[pid]
	// TypeScript's numbers are doubles: beyond 104 days they count in steps.
	if p == nil || p.left || p.sinceNs > atNs+sinceSlackNs {
		return
	}
	p.left = true
	t.setProcess(p)
}

func (t *Tracker) excludedByAncestors(p *Process) bool {
	for range maxAncestors {
		switch {
		case t.filter.exclude[p.PID]:
			return true
		case t.filter.include[p.PID]:
			return false
		}
		parent := t.processes[p.ppid]
		if parent == nil || parent == p {
			break
		}
		p = parent
	}
	return t.filter.include != nil
}

func set(pids []uint32) map[uint32]bool {
	out := make(map[uint32]bool, len(pids))
	for _, pid := range pids {
		out[pid] = true
	}
	return out
}
