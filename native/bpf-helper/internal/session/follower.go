// SPDX-License-Identifier: Apache-2.0

package session

import (
	"sync"
	"time"

	"otelkit/bpf-helper/internal/perfevent"
	"otelkit/bpf-helper/internal/process"
	"otelkit/bpf-helper/internal/wire"
)

// follower tells of processes as the profiler does, without tables of theirs.
type follower struct {
	session  *Session
	tracker  *process.Tracker
	tasks    *tasks
	sending  sync.Mutex
	scanning sync.WaitGroup
}

func follow(s *Session) (*follower, error) {
	online, err := perfevent.OnlineCPUs()
	if err != nil {
		return nil, err
	}
	f := &follower{session: s, tracker: process.NewTracker(noMaps{})}
	f.tasks = newTasks(f.tracker, f.send, nil)
	if err := f.tasks.follow(online); err != nil {
		f.tasks.close()
		return nil, err
	}
	f.scan()
	return f, nil
}

func (f *follower) scan() {
	f.scanning.Add(1)
	go func() {
		defer f.scanning.Done()
		if err := f.tracker.Scan(f.send); err != nil {
			f.session.log("error", "reading /proc: "+err.Error())
		}
		f.send()
	}()
}

func (f *follower) tick(now time.Time) {
	f.tracker.Tick(now)
	if f.tracker.Rescan() {
		f.scanning.Wait()
		f.scan()
	}
}

func (f *follower) drain() {
	f.tasks.drain()
	f.send()
}

func (f *follower) send() {
	f.sending.Lock()
	defer f.sending.Unlock()
	f.session.sendTracked(f.tracker)
}

// sendTracked sends the process events and new files there are. One at a time for each tracker.
func (s *Session) sendTracked(tracker *process.Tracker) {
	events, files := tracker.Output()
	if len(events) > 0 {
		out := wire.Begin(make([]byte, 0, len(events)+9), wire.Processes, 0)
		s.out.Add(wire.End(append(out, events...), 0), wire.Processes, 0)
	}
	if len(files) > 0 {
		s.sendJSON(wire.NewFiles, 0, files)
	}
}

func (f *follower) stop() {
	f.scanning.Wait()
	f.tasks.stop()
	f.send()
}
