// SPDX-License-Identifier: Apache-2.0

package process

import "math"

// A program runs in its parent's cgroup, unless somebody put it elsewhere: the parent between fork and
// exec, as managers of services do, or it itself before it executes another program in place, as
// runtimes of containers do. Reading the cgroup is the largest part of what a program costs here that
// lives for milliseconds. So where a parent's children have stayed until now it is read when the event
// is sent, if the program still runs then.

// provenChildren that stayed are enough to expect it of the next one.
const provenChildren = 8

// readsCgroup tells whether the cgroup of a process that executed a program is read at once.
func (t *Tracker) readsCgroup(p *Process) bool {
	parent := t.processes[p.ppid]
	return p.hasExecuted || parent == nil || parent.childrenStayed < provenChildren
}

// readCgroup reads it, and learns from it what to expect of the next child of the same parent.
func (t *Tracker) readCgroup(p *Process) {
	inherited := p.cgroup
	if !p.describeCgroup() {
		return
	}
	parent := t.processes[p.ppid]
	switch {
	case parent == nil:
	case p.cgroup != inherited:
		parent.childrenStayed = math.MinInt // nothing is expected of it any more
	case parent.childrenStayed < provenChildren:
		parent.childrenStayed++
	}
}

// readCgroupLate reads that of a program that still runs; false for others.
func (t *Tracker) readCgroupLate(e *event) bool {
	p := e.process
	if t.processes[p.PID] != p || p.exitNs != 0 || p.sinceNs != e.timeNs {
		return false
	}
	t.readCgroup(p)
	return true
}
