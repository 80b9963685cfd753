// SPDX-License-Identifier: Apache-2.0

package session

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/kernelmap"
	"otelkit/bpf-helper/internal/perfevent"
	"otelkit/bpf-helper/internal/process"
	"otelkit/bpf-helper/internal/profilebpf"
	"otelkit/bpf-helper/internal/store"
)

const (
	hotplugPatience = 60 * time.Second
	lastCPU         = 1
)

// TestACPUGoesAndComesBack takes a CPU away, so it runs in a guest of its own only.
func TestACPUGoesAndComesBack(t *testing.T) {
	if os.Getenv("OTELKIT_MAY_OFFLINE") == "" {
		t.Skip("skip: takes a CPU offline, which only a guest's own tests may do")
	}
	loaded := loadSample(t)
	s := newSamplers(&startOptions{Hz: 100, Idle: true}, loaded.Program(profilebpf.Sample).FD())
	defer s.close()
	maps, err := store.NewProcesses(loaded.Map("processes"), loaded.Map("mappings"))
	if err != nil {
		t.Fatal(err)
	}
	tasks := newTasks(process.NewTracker(maps), func() {}, nil)
	defer tasks.stop()
	follow := func() (cpus int) {
		online, err := perfevent.OnlineCPUs()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.follow(online); err != nil {
			t.Fatal(err)
		}
		if err := tasks.follow(online); err != nil || len(tasks.rings) != len(online) {
			t.Fatalf("%d rings on %d CPUs, %v", len(tasks.rings), len(online), err)
		}
		return s.count()
	}
	sampled := func(what string) {
		t.Helper()
		from := samplesOf(t, loaded, lastCPU)
		runOn(t, lastCPU, func() bool { return samplesOf(t, loaded, lastCPU) > from+20 }, what)
	}

	if n := follow(); n != 2 {
		t.Fatalf("%d samplers", n)
	}
	sampled("before")
	setOnline(t, false)
	if n := follow(); n != 1 {
		t.Errorf("%d samplers without the CPU", n)
	}
	setOnline(t, true)
	if n := follow(); n != 2 {
		t.Errorf("%d samplers with the CPU", n)
	}
	sampled("after it came back")
	// So fast that nobody saw that it was away: the second look tells that its events stand still.
	setOnline(t, false)
	setOnline(t, true)
	follow()
	if n := follow(); n != 2 {
		t.Errorf("%d samplers with the CPU", n)
	}
	sampled("after it was away for a moment")
}

func samplesOf(t *testing.T, loaded *profilebpf.Loaded, cpu uint32) uint64 {
	t.Helper()
	scratch, err := loaded.Map("scratch_sample").LookupBytes(cpu)
	if err != nil || scratch == nil {
		t.Fatal("no scratch:", err)
	}
	return binary.LittleEndian.Uint64(scratch[unsafe.Offsetof(kernelmap.Scratch{}.Counters):])
}

func setOnline(t *testing.T, online bool) {
	t.Helper()
	path := fmt.Sprintf("/sys/devices/system/cpu/cpu%d/online", lastCPU)
	text := "0"
	if online {
		text = "1"
	}
	if err := os.WriteFile(path, []byte(text), 0); err != nil {
		t.Fatal(err)
	}
}

// runOn keeps a CPU busy until something is true.
func runOn(t *testing.T, cpu int, done func() bool, what string) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, only unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		t.Fatal(err)
	}
	only.Set(cpu)
	if err := unix.SchedSetaffinity(0, &only); err != nil {
		t.Fatal(err)
	}
	defer unix.SchedSetaffinity(0, &before)
	for end := time.Now().Add(hotplugPatience); !done(); {
		if time.Now().After(end) {
			t.Fatalf("no samples %s", what)
		}
	}
}
