// SPDX-License-Identifier: Apache-2.0

package session

import (
	"errors"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/perfevent"
	"otelkit/bpf-helper/internal/process"
)

// tasks reads the records of processes as they come: what it does decides how soon a new process can
// be unwound. It waits by way of Go's own poller. A blocking system call on a thread of its own would
// keep the runtime's monitor thread awake, which then takes as much CPU as the reading.
type tasks struct {
	tracker  *process.Tracker
	onUrgent func()
	onStart  func()
	mutex    sync.Mutex
	rings    map[int]*taskRing
	records  []perfevent.Record
	waiting  sync.WaitGroup
	wakeups  atomic.Uint64
}

type taskRing struct {
	*perfevent.Ring
	file *os.File
}

const maxRecords = 4096

func newTasks(tracker *process.Tracker, onUrgent, onStart func()) *tasks {
	return &tasks{
		tracker: tracker, onUrgent: onUrgent, onStart: onStart, rings: map[int]*taskRing{},
	}
}

// follow opens and closes rings so that they are those of the CPUs that are online.
func (t *tasks) follow(online []int) error {
	t.drain()
	t.remove(func(cpu int, ring *taskRing) bool {
		return !slices.Contains(online, cpu) || !ring.Runs()
	})
	t.mutex.Lock()
	defer t.mutex.Unlock()
	isLate := len(t.rings) > 0
	var first error
	for _, cpu := range online {
		if t.rings[cpu] != nil {
			continue
		}
		if err := t.open(cpu); err != nil {
			first = errors.Join(first, err)
		} else if isLate {
			// What it did since it came is not known.
			t.tracker.Apply([]perfevent.Record{{Type: unix.PERF_RECORD_LOST}})
		}
	}
	return first
}

func (t *tasks) open(cpu int) error {
	ring, err := perfevent.OpenTaskEvent(cpu)
	if err != nil {
		return err
	}
	if err := unix.SetNonblock(ring.FD, true); err != nil {
		ring.Close()
		return err
	}
	opened := &taskRing{ring, os.NewFile(uintptr(ring.FD), "perf event")}
	connection, err := opened.file.SyscallConn()
	if err != nil {
		_ = opened.file.Close()
		opened.Unmap()
		return err
	}
	t.rings[cpu] = opened
	t.waiting.Add(1)
	go func() {
		defer t.waiting.Done()
		// It ends when the file is closed.
		_ = connection.Read(func(uintptr) bool {
			t.wakeups.Add(1)
			t.drain()
			return false
		})
	}()
	return nil
}

// remove closes rings, without the lock: closing waits for whoever reads.
func (t *tasks) remove(unwanted func(cpu int, ring *taskRing) bool) {
	var removed []*taskRing
	t.mutex.Lock()
	for cpu, ring := range t.rings {
		if unwanted(cpu, ring) {
			removed = append(removed, ring)
			delete(t.rings, cpu)
		}
	}
	t.mutex.Unlock()
	for _, ring := range removed {
		_ = ring.file.Close()
		ring.Unmap()
	}
}

// drain applies what waits in all rings, in the order of time.
func (t *tasks) drain() int {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.records = t.records[:0]
	for _, ring := range t.rings {
		ring.Drain(func(raw []byte) {
			if record, ok := perfevent.Decode(raw); ok {
				t.records = append(t.records, record)
			}
		})
	}
	count := len(t.records)
	if count == 0 {
		return 0
	}
	slices.SortStableFunc(t.records, func(a, b perfevent.Record) int {
		switch {
		case a.TimeNs < b.TimeNs:
			return -1
		case a.TimeNs > b.TimeNs:
			return 1
		}
		return 0
	})
	if t.tracker.Apply(t.records) {
		t.onUrgent()
	}
	if t.onStart != nil && t.tracker.TakeStarted() {
		t.onStart()
	}
	clear(t.records)
	if cap(t.records) > maxRecords {
		t.records = nil
	}
	return count
}

// stop applies what waits and closes everything.
func (t *tasks) stop() {
	t.drain()
	t.close()
	t.waiting.Wait()
}

func (t *tasks) close() { t.remove(func(int, *taskRing) bool { return true }) }
