// SPDX-License-Identifier: Apache-2.0

package process

import (
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/limits"
	"otelkit/bpf-helper/internal/perfevent"
)

// sleeping is a program that does nothing until the test ends.
func sleeping(t *testing.T) uint32 {
	t.Helper()
	child := exec.Command("/bin/sh", "-c", "read line")
	input, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		input.Close()
		child.Process.Kill()
		child.Wait()
	})
	return uint32(child.Process.Pid)
}

func TestWhatRunsAlreadyIsFound(t *testing.T) {
	r := newRig(t)
	pid := sleeping(t)
	if err := r.tracker.Scan(func() {}); err != nil {
		t.Fatal(err)
	}
	if len(r.list(pid)) == 0 {
		t.Error("no mappings")
	}
	found := 0
	for _, e := range r.events() {
		if e.kind == eventFound && e.pid == pid {
			found++
			if e.ppid != uint32(os.Getpid()) || e.path == "" {
				t.Errorf("%+v", e)
			}
		}
	}
	if found != 1 {
		t.Errorf("found %d times", found)
	}
}

func TestLostRecordsAreMadeUpForByAScan(t *testing.T) {
	r := newRig(t)
	if err := r.tracker.Scan(func() {}); err != nil {
		t.Fatal(err)
	}
	known := r.tracker.processes[uint32(os.Getpid())]
	r.program(p1) // Its end is lost: no such process is in /proc.
	pid := sleeping(t)
	r.apply(perfevent.Record{Type: unix.PERF_RECORD_LOST, Lost: 7})
	if !r.tracker.Rescan() {
		t.Fatal("no scan is wanted")
	}
	if err := r.tracker.Scan(func() {}); err != nil {
		t.Fatal(err)
	}
	if len(r.list(pid)) == 0 {
		t.Error("the program whose records were lost is not known")
	}
	r.later(2 * limits.ExitGrace)
	if _, there := r.maps.hash[p1]; there {
		t.Error("the program whose end was lost is still there")
	}
	if r.tracker.processes[uint32(os.Getpid())] != known {
		t.Error("a program that went on is another one now")
	}
	if stats := r.tracker.Stats(); stats.LostRecords != 7 || stats.Rescans != 1 {
		t.Errorf("%+v", stats)
	}
}

func TestAProgramThatIsHeardOfForTheFirstTimeIsReadFromProc(t *testing.T) {
	r := newRig(t)
	pid := sleeping(t)
	r.apply(perfevent.Record{Type: unix.PERF_RECORD_COMM, PID: pid, TID: pid, Comm: "renamed"})
	if r.tracker.Rescan() {
		t.Error("one program makes all be read")
	}
	if len(r.list(pid)) == 0 {
		t.Error("no mappings")
	}
}
