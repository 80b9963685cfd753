// SPDX-License-Identifier: Apache-2.0

package session

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/perfevent"
	"otelkit/bpf-helper/internal/process"
)

// tasks reads the records of processes on a thread of its own, before others get a CPU: what it does
// decides how soon a new process can be unwound.
type tasks struct {
	tracker  *process.Tracker
	onUrgent func()
	mutex    sync.Mutex
	rings    map[int]*perfevent.Ring
	records  []perfevent.Record
	epoll    int
	wake     int
	done     chan struct{}
	buildIDs bool
	wakeups  uint64
}

const (
	// taskPriority, and not a real-time class: Go's runtime may spin for a thread that a real-time one
	// keeps from running.
	taskPriority  = -20
	maxRecords    = 4096
	stormRecords  = 64
	stormInterval = 200 * time.Microsecond
)

func newTasks(tracker *process.Tracker, onUrgent func()) (*tasks, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		_ = unix.Close(epoll)
		return nil, fmt.Errorf("eventfd: %w", err)
	}
	t := &tasks{
		tracker: tracker, onUrgent: onUrgent, rings: map[int]*perfevent.Ring{},
		epoll: epoll, wake: wake, done: make(chan struct{}),
	}
	return t, t.watch(wake)
}

func (t *tasks) watch(fd int) error {
	event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
	if err := unix.EpollCtl(t.epoll, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	return nil
}

// follow opens and closes rings so that they are those of the CPUs that are online.
func (t *tasks) follow(online []int) error {
	t.drain()
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for cpu, ring := range t.rings {
		if !slices.Contains(online, cpu) {
			ring.Close()
			delete(t.rings, cpu)
		}
	}
	var first error
	for _, cpu := range online {
		if t.rings[cpu] != nil {
			continue
		}
		ring, hasBuildIDs, err := perfevent.OpenTaskEvent(cpu)
		if err == nil {
			err = t.watch(ring.FD)
		}
		if err != nil {
			first = errors.Join(first, err)
			continue
		}
		t.buildIDs = hasBuildIDs
		t.rings[cpu] = ring
	}
	return first
}

// run reads until stop.
func (t *tasks) run() {
	defer close(t.done)
	runtime.LockOSThread() // Not unlocked: the thread ends with its priority.
	// Without CAP_SYS_NICE it stays as it is, and a busy machine adds delays.
	_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), taskPriority)
	var events [16]unix.EpollEvent
	for {
		count, err := unix.EpollWait(t.epoll, events[:], -1)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return
		}
		for i := range max(count, 0) {
			if int(events[i].Fd) == t.wake {
				return
			}
		}
		t.wakeups++
		if t.drain() >= stormRecords {
			time.Sleep(stormInterval)
		}
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
	clear(t.records)
	if cap(t.records) > maxRecords {
		t.records = nil
	}
	return count
}

// stop ends run and closes everything; what waits is applied first.
func (t *tasks) stop() {
	_, _ = unix.Write(t.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	<-t.done
	t.drain()
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, ring := range t.rings {
		ring.Close()
	}
	clear(t.rings)
	_ = unix.Close(t.epoll)
	_ = unix.Close(t.wake)
}
