// SPDX-License-Identifier: Apache-2.0

package process

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/kernelmap"
	"otelkit/bpf-helper/internal/perfevent"
)

const p1, p2, p3 = firstPID + 1, firstPID + 2, firstPID + 3

var progKey, libcKey = keyOf(1, "/bin/prog"), keyOf(2, "/lib/libc.so")

// program starts one process as the kernel tells it.
func (r *rig) program(pid uint32) {
	r.apply(fork(pid, firstPID), execOf(pid, "prog"),
		mapOf(pid, 0x401000, 0x402000, 0x1000, 1, "/bin/prog"),
		mapOf(pid, 0x7f0000, 0x7f8000, 0, 2, "/lib/libc.so"))
}

func TestAProgramIsKnownAtOnceAndResolvedByTheAnswer(t *testing.T) {
	r := newRig(t)
	r.program(p1)
	list := r.list(p1)
	if len(list) != 2 || list[0].Kind != kernelmap.KindTable || list[0].Slot != 0 {
		t.Fatalf("before the answer: %+v", list)
	}
	_, files := r.tracker.Output()
	if len(files) != 2 || files[0].Key != progKey || files[0].Path != "/bin/prog" {
		t.Fatalf("%+v", files)
	}
	before := r.maps.hash[p1].Generation
	r.answer(progKey, 5, Segment{Offset: 0x1000, Vaddr: 0x401000, Size: 0x800})
	list = r.list(p1)
	if list[0].Slot != 5 || list[0].Bias != 0 || list[1].Slot != 0 {
		t.Errorf("after the answer: %+v", list)
	}
	if r.maps.hash[p1].Generation != before || len(r.maps.ranges) != 1 {
		t.Error("an answer to a mapping that is known already wrote a new list")
	}
	r.answer(libcKey, 6, Segment{0, 0, 0x1000}, Segment{0x1000, 0x11000, 0x7000})
	if list = r.list(p1); len(list) != 3 || list[2].Slot != 6 {
		t.Errorf("a mapping of two segments: %+v", list)
	}
	if r.maps.hash[p1].Generation <= before {
		t.Error("a new list has the old generation")
	}
	r.program(p2)
	if list := r.list(p2); list[0].Slot != 5 {
		t.Errorf("the next process of a known file: %+v", list)
	}
	if _, files := r.tracker.Output(); len(files) != 0 {
		t.Errorf("announced again: %+v", files)
	}
}

func TestEventsTellTheStory(t *testing.T) {
	r := newRig(t)
	r.program(p1)
	r.apply(perfevent.Record{Type: unix.PERF_RECORD_COMM, PID: p1, TID: p1, Comm: "renamed"},
		perfevent.Record{Type: unix.PERF_RECORD_COMM, PID: p1, TID: p1 + 9, Comm: "a thread"})
	r.apply(exitOf(p1, p1))
	r.later(3 * time.Second)
	var kinds []uint8
	for _, e := range r.events() {
		if e.pid != p1 {
			t.Errorf("%+v", e)
		}
		if e.kind == eventExec && (e.comm != "prog" || e.path != "/bin/prog") {
			t.Errorf("exec: %+v", e)
		}
		kinds = append(kinds, e.kind)
	}
	want := []uint8{eventFork, eventExec, eventMapping, eventMapping, eventComm, eventExit}
	if string(kinds) != string(want) {
		t.Errorf("%v, expected %v", kinds, want)
	}
}

func TestForkSharesUntilSomethingChanges(t *testing.T) {
	r := newRig(t)
	r.program(p1)
	r.apply(fork(p2, p1))
	if r.maps.hash[p1].FirstMapping != r.maps.hash[p2].FirstMapping {
		t.Error("the child's mappings are a copy")
	}
	if r.maps.hash[p1].Generation == r.maps.hash[p2].Generation {
		t.Error("the child has its parent's generation")
	}
	r.apply(mapOf(p2, 0x900000, 0x901000, 0, 3, "/lib/more.so"))
	if len(r.list(p1)) != 2 || len(r.list(p2)) != 3 {
		t.Errorf("parent %d, child %d", len(r.list(p1)), len(r.list(p2)))
	}
	r.answer(libcKey, 7)
	if r.list(p1)[1].Slot != 7 || r.list(p2)[1].Slot != 7 {
		t.Error("the answer did not reach both")
	}
	r.apply(exitOf(p1, p1))
	r.later(3 * time.Second)
	if len(r.list(p2)) != 3 {
		t.Error("the child lost its mappings with its parent")
	}
}

func TestExecForgetsWhatWasMapped(t *testing.T) {
	r := newRig(t)
	r.program(p1)
	old := r.timeNs
	r.apply(execOf(p1, "next"), mapOf(p1, 0x500000, 0x501000, 0, 9, "/bin/next"))
	late := mapOf(p1, 0x600000, 0x601000, 0, 1, "/bin/prog")
	late.TimeNs = old
	r.apply(late)
	if list := r.list(p1); len(list) != 1 || list[0].Start != 0x500000 {
		t.Errorf("%+v", list)
	}
}

func TestAThreadMayOutliveTheMainOne(t *testing.T) {
	r := newRig(t)
	r.program(p1)
	r.apply(thread(p1, p1+10), exitOf(p1, p1))
	r.later(time.Minute)
	r.list(p1)
	r.apply(exitOf(p1, p1+10))
	r.later(time.Second)
	r.list(p1) // Samples may still be on their way.
	r.later(2 * time.Second)
	if _, known := r.maps.hash[p1]; known || len(r.maps.ranges) != 0 {
		t.Errorf("still there; %d ranges", len(r.maps.ranges))
	}
}

func TestAPIDThatIsUsedAgainIsAnotherProcess(t *testing.T) {
	r := newRig(t)
	r.program(p1)
	r.apply(exitOf(p1, p1))
	r.apply(fork(p1, firstPID), execOf(p1, "other"), mapOf(p1, 0x1000, 0x2000, 0, 5, "/bin/other"))
	r.later(time.Minute)
	if list := r.list(p1); len(list) != 1 {
		t.Errorf("%+v", list)
	}
	exits := 0
	for _, e := range r.events() {
		if e.kind == eventExit {
			exits++
		}
	}
	if exits != 1 {
		t.Errorf("%d exits", exits)
	}
}

func TestAnonymousCodeNeedsNoAnswer(t *testing.T) {
	r := newRig(t)
	r.program(p1)
	for i := range uint64(100) {
		r.apply(mapOf(p1, 0x10000000+i*0x1000, 0x10000000+(i+1)*0x1000, 0, 0, "//anon"))
	}
	published := r.tracker.Stats().Published
	r.apply(mapOf(p1, 0x10002000, 0x10003000, 0, 0, "//anon"))
	if r.tracker.Stats().Published != published {
		t.Error("a mapping that was known already was published")
	}
	list := r.list(p1)
	if len(list) != 3 {
		t.Fatalf("%+v", list)
	}
	if list[2].Kind != kernelmap.KindFramePointers || list[2].End != 0x10000000+100*0x1000 {
		t.Errorf("%+v", list[2])
	}
}

func TestFiltersHoldForChildren(t *testing.T) {
	r := newRig(t)
	r.program(p1)
	r.apply(fork(p2, p1))
	r.program(p3)
	r.tracker.SetFilter([]uint32{p1}, nil)
	r.apply(fork(p2+10, p2), fork(p3+10, p3))
	for pid, excluded := range map[uint32]bool{
		p1: false, p2: false, p2 + 10: false, p3: true, p3 + 10: true,
	} {
		if got := r.maps.hash[pid].Flags&kernelmap.ProcessExcluded != 0; got != excluded {
			t.Errorf("process %d: excluded %v", pid, got)
		}
	}
	r.tracker.SetFilter(nil, []uint32{p2})
	if r.maps.hash[p3].Flags != 0 || r.maps.hash[p2+10].Flags != kernelmap.ProcessExcluded {
		t.Error("the second filter does not count")
	}
}

func TestAProgramThatNobodyWantsIsLeftUntilAnotherOneRuns(t *testing.T) {
	r := newRig(t)
	r.program(p1)
	since := r.tracker.processes[p1].sinceNs
	r.apply(execOf(p1, "prog"), mapOf(p1, 0x401000, 0x402000, 0, 1, "/bin/prog"))
	r.tracker.processes[p1].sinceNs = since + 1000
	r.tracker.Leave(p1, since) // Of the program before.
	r.tracker.Leave(p3, since) // Of nobody.
	isLeft := func(pid uint32) bool { return r.maps.hash[pid].Flags&kernelmap.ProcessExcluded != 0 }
	if isLeft(p1) {
		t.Error("what is said of an earlier program counts for this one")
	}
	r.timeNs += 2000
	r.tracker.Leave(p1, since+1000)
	r.apply(fork(p2, p1), mapOf(p1, 0x900000, 0x901000, 0, 3, "/lib/more.so"))
	if !isLeft(p1) || isLeft(p2) {
		t.Errorf("left: %v, its child: %v", isLeft(p1), isLeft(p2))
	}
	r.apply(execOf(p1, "next"), mapOf(p1, 0x500000, 0x501000, 0, 9, "/bin/next"))
	if isLeft(p1) {
		t.Error("the next program is left, too")
	}
}

func TestFullMapsLoseMappingsForAWhileAndNotProcesses(t *testing.T) {
	r := newRig(t)
	r.program(p2)
	r.maps.full = true
	r.program(p1)
	r.apply(mapOf(p2, 0x900000, 0x901000, 0, 3, "/lib/more.so"))
	if r.maps.hash[p1].MappingCount != 0 || len(r.list(p2)) != 2 || r.tracker.Stats().MappingSpace == 0 {
		t.Errorf("%+v, %+v", r.maps.hash, r.tracker.Stats())
	}
	r.later(time.Second)
	r.maps.full = false
	r.later(time.Second)
	if len(r.list(p1)) != 2 || len(r.list(p2)) != 3 {
		t.Error("no second try")
	}
	r.maps.full = true
	r.apply(execOf(p2, "next"), mapOf(p2, 0x100000, 0x101000, 0, 4, "/bin/next"))
	if r.maps.hash[p2].MappingCount != 0 {
		t.Error("a program has the mappings of the one before it")
	}
}

func TestFilesThatNobodyHasAreForgotten(t *testing.T) {
	r := newRig(t)
	r.program(p1)
	r.answer(progKey, 1)
	for i := range uint32(3 * firstSweep) {
		r.apply(fork(p2, firstPID), execOf(p2, "x"), mapOf(p2, 0x1000, 0x2000, 0, uint64(i)+99, "/tmp/x"))
		r.tracker.Output()
		r.later(time.Millisecond)
	}
	if files := r.tracker.Stats().Files; files > firstSweep+10 {
		t.Errorf("%d files", files)
	}
	r.apply(fork(p3, p1))
	if r.list(p3)[0].Slot != 1 {
		t.Error("a file with a slot was forgotten")
	}
}

func TestUnloadedFilesAreAnnouncedAnew(t *testing.T) {
	r := newRig(t)
	r.program(p1)
	r.answer(progKey, 3)
	r.tracker.Output()
	r.tracker.Unload(3)
	if list := r.list(p1); list[0].Slot != 0 {
		t.Errorf("%+v", list)
	}
	r.program(p2)
	if _, files := r.tracker.Output(); len(files) != 1 || files[0].Key != progKey || files[0].Ref != 1 {
		t.Errorf("%+v", files)
	}
	r.answer(progKey, 4)
	if r.list(p1)[0].Slot != 4 || r.list(p2)[0].Slot != 4 {
		t.Error("the new answer does not count")
	}
}
