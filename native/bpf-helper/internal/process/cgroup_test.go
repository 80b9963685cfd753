// SPDX-License-Identifier: Apache-2.0

package process

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"otelkit/bpf-helper/internal/perfevent"
	"otelkit/bpf-helper/internal/procfs"
)

// running starts a program and returns its number; it ends with the test.
func running(t *testing.T) uint32 {
	t.Helper()
	command := exec.Command("sleep", "600")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	return uint32(command.Process.Pid)
}

// executes tells of a program of that parent.
func (r *rig) executes(pid, parent uint32) {
	r.apply(fork(pid, parent), execOf(pid, "prog"),
		mapOf(pid, 0x401000, 0x402000, 0x1000, 1, "/bin/prog"))
}

func (r *rig) cgroupOf(pid uint32) (cgroup string) {
	r.Helper()
	for _, e := range r.events() {
		if e.pid == pid && e.kind == eventExec {
			cgroup = e.cgroup
		}
	}
	return cgroup
}

// A parent whose children were all found where it is itself.
func newProvenRig(t *testing.T) (r *rig, parent uint32, own string) {
	r = newRig(t)
	parent = uint32(os.Getpid())
	own = procfs.Cgroup(parent)
	r.executes(parent, firstPID)
	r.tracker.processes[parent].cgroup = own
	for range provenChildren {
		r.executes(running(t), parent)
	}
	if stayed := r.tracker.processes[parent].childrenStayed; stayed != provenChildren {
		t.Fatalf("%d of %d children stayed", stayed, provenChildren)
	}
	r.events()
	return r, parent, own
}

func TestWhereAParentsChildrenStayedTheNextOnesCgroupIsReadWhenItIsSent(t *testing.T) {
	r, parent, own := newProvenRig(t)
	gone := parent | firstPID
	r.executes(gone, parent)
	if cgroup := r.cgroupOf(gone); cgroup != own {
		t.Errorf("a program that is gone: %q, its parent's is %q", cgroup, own)
	}
	// As if it had been put elsewhere than its parent, before it executed its program.
	there := running(t)
	r.tracker.processes[parent].cgroup = "/of/the/parent"
	r.executes(there, parent)
	if cgroup := r.tracker.processes[there].cgroup; cgroup != "/of/the/parent" {
		t.Errorf("read before it is sent: %q", cgroup)
	}
	if cgroup := r.cgroupOf(there); cgroup != own {
		t.Errorf("a program that runs: %q, expected %q", cgroup, own)
	}
}

func TestACgroupIsReadAtOnceWhereOneMayHaveChanged(t *testing.T) {
	r, parent, own := newProvenRig(t)
	// What runs in place of another program may have moved itself.
	there := running(t)
	r.executes(there, parent)
	r.tracker.processes[there].cgroup = "/of/the/parent"
	r.apply(execOf(there, "next"), mapOf(there, 0x401000, 0x402000, 0, 2, "/bin/next"))
	if cgroup := r.tracker.processes[there].cgroup; cgroup != own {
		t.Errorf("executed in place: %q, expected %q", cgroup, own)
	}
	// A parent that put one child elsewhere is not believed again.
	r.tracker.processes[parent].cgroup = "/of/the/parent"
	r.executes(running(t), parent)
	r.events()
	r.tracker.processes[parent].cgroup = own
	for range provenChildren {
		r.executes(running(t), parent)
	}
	r.tracker.processes[parent].cgroup = "/of/the/parent"
	next := running(t)
	r.executes(next, parent)
	if cgroup := r.tracker.processes[next].cgroup; cgroup != own {
		t.Errorf("a child of a parent that moves children: %q, expected %q", cgroup, own)
	}
}

func TestAnEndIsToldAtOnceAndOnce(t *testing.T) {
	r := newRig(t)
	r.program(p1)
	r.apply(thread(p1, p1+10), exitOf(p1, p1))
	r.events()
	r.apply(exitOf(p1, p1+10))
	if events := r.events(); len(events) != 1 || events[0].kind != eventExit {
		t.Errorf("when the last thread ended: %+v", events)
	}
	r.later(time.Minute)
	r.apply(perfevent.Record{})
	if events := r.events(); len(events) != 0 {
		t.Errorf("again: %+v", events)
	}
}
