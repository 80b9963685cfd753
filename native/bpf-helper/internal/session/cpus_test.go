// SPDX-License-Identifier: Apache-2.0

package session

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/perfevent"
	"otelkit/bpf-helper/internal/process"
	"otelkit/bpf-helper/internal/profilebpf"
	"otelkit/bpf-helper/internal/store"
)

// loadSample loads the maps and the program, or skips the test where that is not permitted.
func loadSample(t *testing.T) *profilebpf.Loaded {
	t.Helper()
	loaded, err := loadPrograms(profilebpf.Options{})
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		t.Skip("skip: BPF is not permitted here, run as root")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(loaded.Close)
	return loaded
}

func TestEventsFollowTheCPUs(t *testing.T) {
	loaded := loadSample(t)
	program := loaded.Program(profilebpf.Sample).FD()
	online, err := perfevent.OnlineCPUs()
	if err != nil {
		t.Fatal(err)
	}
	s := newSamplers(&startOptions{Hz: 10}, program)
	defer s.close()
	maps, err := store.NewProcesses(loaded.Map("processes"), loaded.Map("mappings"))
	if err != nil {
		t.Fatal(err)
	}
	tasks := newTasks(process.NewTracker(maps), func() {}, nil)
	defer tasks.stop()
	for _, cpus := range [][]int{online[:1], online, online[:1], online} {
		if err := s.follow(cpus); err != nil {
			t.Fatal(err)
		}
		if s.count() != len(cpus) {
			t.Errorf("%d samplers on %d CPUs", s.count(), len(cpus))
		}
		if err := tasks.follow(cpus); err != nil || len(tasks.rings) != len(cpus) {
			t.Errorf("%d rings on %d CPUs, %v", len(tasks.rings), len(cpus), err)
		}
	}
	if s.follow([]int{online[0], 1 << 20}) == nil {
		t.Error("a CPU that is not there has a sampler")
	}
	if err := s.setRate(20); err != nil {
		t.Error(err)
	}
	if err := s.pause(true); err != nil {
		t.Error(err)
	}
	if s.setRate(0) == nil || s.setRate(10001) == nil {
		t.Error("a rate that cannot be")
	}
}

func TestPinnedCPUsAreTheOnlyOnes(t *testing.T) {
	loaded := loadSample(t)
	program := loaded.Program(profilebpf.Sample).FD()
	online, err := perfevent.OnlineCPUs()
	if err != nil {
		t.Fatal(err)
	}
	s := newSamplers(&startOptions{Hz: 10, PinCPUs: online[:1]}, program)
	defer s.close()
	if err := s.follow(online); err != nil || s.count() != 1 {
		t.Errorf("%d samplers, %v", s.count(), err)
	}
	none := newSamplers(&startOptions{Hz: 10, PinCPUs: []int{1 << 20}}, program)
	if none.follow(online) == nil {
		t.Error("a CPU that is not online was pinned")
	}
}

func TestProbesAreParsed(t *testing.T) {
	for text, want := range map[string]probeSpec{
		"uprobe:/lib/a:b.so:0x10": {program: profilebpf.ProbeUprobe, path: "/lib/a:b.so", fileOffset: 16},
		"uretprobe:/x:8":          {program: profilebpf.ProbeUprobe, path: "/x", fileOffset: 8, atReturn: true},
		"tracepoint:sched:a": {
			program: profilebpf.ProbeTracepoint, category: "sched", name: "a",
		},
	} {
		if got, err := parseProbe(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "uprobe", "uprobe:/x", "uprobe:x:1", "uprobe:/x:-1", "uprobe:/x:main", "kprobe:a:b",
		"tracepoint:sched", "uprobe::1",
	} {
		if got, err := parseProbe(text); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
