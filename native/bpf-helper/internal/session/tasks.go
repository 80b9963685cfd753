// SPDX-License-Identifier: Apache-2.0

package session

import (
	"cmp"
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
	records  []perfevent.Record // read, and left to the next pass
	waiting  sync.WaitGroup
	wakeups  atomic.Uint64
}

type taskRing struct {
	*perfevent.Ring
	file *os.File
}

const (
	maxRecords = 4096
	// What comes while the rings are read is read at once, unless it comes for ever.
	maxPasses = 4
)

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
func (t *tasks) drain() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for range maxPasses {
		t.pass()
		if len(t.records) == 0 {
			break
		}
	}
	if cap(t.records) > maxRecords && len(t.records) == 0 {
		t.records = nil
	}
}

// pass reads each ring once. A ring that is read later may tell what followed from something that the
// ones before did not tell yet, as an exec follows a fork on another CPU: such records are left to the
// next pass. What caused a record that is older than the first reading is in the rings by then.
func (t *tasks) pass() {
	beganNs := perfevent.NowNs()
	for _, ring := range t.rings {
		ring.Drain(func(raw []byte) {
			if record, ok := perfevent.Decode(raw); ok {
				t.records = append(t.records, record)
			}
		})
	}
	count := orderUntil(t.records, beganNs)
	if count == 0 {
		return
	}
	if t.tracker.Apply(t.records[:count]) {
		t.onUrgent()
	}
	if t.onStart != nil && t.tracker.TakeStarted() {
		t.onStart()
	}
	t.records = slices.Delete(t.records, 0, count)
}

// orderUntil sorts by time, and returns how many are not after an instant.
func orderUntil(records []perfevent.Record, timeNs uint64) (count int) {
	slices.SortStableFunc(records, func(a, b perfevent.Record) int {
		return cmp.Compare(a.TimeNs, b.TimeNs)
	})
	count, _ = slices.BinarySearchFunc(records, timeNs, func(r perfevent.Record, ns uint64) int {
		if r.TimeNs <= ns {
			return -1
		}
		return 1
	})
	return count
}

// stop applies what waits and closes everything.
func (t *tasks) stop() {
	t.drain()
	t.close()
	t.waiting.Wait()
}

func (t *tasks) close() { t.remove(func(int, *taskRing) bool { return true }) }
