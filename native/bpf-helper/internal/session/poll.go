// SPDX-License-Identifier: Apache-2.0

package session

import (
	"time"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/perfevent"
	"otelkit/bpf-helper/internal/process"
	"otelkit/bpf-helper/internal/records"
	"otelkit/bpf-helper/internal/store"
	"otelkit/bpf-helper/internal/wire"
)

const (
	housekeeping = time.Second
	minPoll      = time.Millisecond
	// The first samples of a program reach the tool that soon after its start, unless many start.
	firstSampleWait = 40 * time.Millisecond
	hurryEvery      = 250 * time.Millisecond
	// Until the tool knows the programs that run already nothing waits.
	settling = 5 * time.Second
)

// scan reads /proc once, beside everything else.
func (p *profile) scan() {
	defer p.ticking.Done()
	defer p.scanning.Store(false)
	ordinaryPriority()
	if err := p.tracker.Scan(p.sendProcesses); err != nil {
		p.session.log("error", "reading /proc: "+err.Error())
	}
	p.sendProcesses()
}

// poll reads the ring at intervals: a wakeup for each record would cost more than the record. What is
// read waits for others, unless somebody waits for it: each frame wakes the tool, too.
func (p *profile) poll() {
	defer p.ticking.Done()
	interval := time.Duration(p.options.PollMs) * time.Millisecond
	next, due := interval, time.Now().Add(interval)
	timer := time.NewTimer(next)
	defer timer.Stop()
	rounds := rounds{housekept: time.Now(), told: time.Now()}
	p.lookForTracers()
	for {
		select {
		case <-p.ticks:
			return
		case <-p.started:
			soon := time.Now().Add(firstSampleWait)
			if earliest := rounds.hurried.Add(hurryEvery); soon.Before(earliest) {
				soon = earliest
			}
			if soon.Before(due) {
				due, rounds.hurried = soon, soon
				timer.Reset(time.Until(due))
			}
		case now := <-timer.C:
			used := p.round(&rounds, now)
			next = p.nextPoll(next, interval, used)
			due = time.Now().Add(next)
			timer.Reset(next)
		}
	}
}

// programStarted lets the next round come sooner, once for all that start until then.
func (p *profile) programStarted() {
	if !p.hurries.CompareAndSwap(false, true) {
		return
	}
	select {
	case p.started <- struct{}{}:
	default:
	}
}

// rounds is when what was done last.
type rounds struct {
	delivered, housekept, told, hurried time.Time
	scanWanted                          bool
}

// round is what is done at each interval; it returns how much was in the ring.
func (p *profile) round(last *rounds, now time.Time) uint64 {
	p.hurries.Store(false)
	p.session.out.Hold()
	defer p.session.out.Release()
	tells := p.options.StatsMs > 0 &&
		now.Sub(last.told) >= time.Duration(p.options.StatsMs)*time.Millisecond
	isDue := tells || now.Sub(p.begun) < settling ||
		now.Sub(last.delivered) >= time.Duration(p.options.DeliverMs)*time.Millisecond
	used, delivered := p.drain(isDue)
	if delivered {
		last.delivered = now
	}
	p.tracker.Tick(now)
	if p.tracker.Rescan() {
		last.scanWanted = true
	}
	if p.tracker.Urgent() {
		p.sendProcesses()
	}
	if last.scanWanted && p.scanning.CompareAndSwap(false, true) {
		last.scanWanted = false
		p.ticking.Add(1)
		go p.scan()
	}
	if now.Sub(last.housekept) >= housekeeping {
		last.housekept = now
		p.keepHouse(now)
	}
	if tells {
		last.told = now
		p.session.sendJSON(wire.Statistics, 0, p.statistics())
	}
	return used
}

// nextPoll comes sooner while the ring fills fast.
func (p *profile) nextPoll(last, interval time.Duration, used uint64) time.Duration {
	size := uint64(p.loaded.Map("events").MaxEntries())
	switch {
	case used > size/8:
		return max(last/4, minPoll)
	case used < size/32:
		return min(last*2, interval)
	}
	return last
}

func (p *profile) keepHouse(now time.Time) {
	raisePriority()
	p.processes.Tick(now)
	p.tables.Tick(now)
	p.lookForTracers()
	online, err := perfevent.OnlineCPUs()
	if err != nil {
		return
	}
	// What fails now, as for a CPU on its way, is tried again in a second.
	_ = p.samplers.follow(online)
	_ = p.tasks.follow(online)
}

// drain reads what is in the ring, and sends it when that is due or waited for, the processes it is
// about first: what tells of them was written before the samples, but its readers may not have run yet.
func (p *profile) drain(isDue bool) (used uint64, delivered bool) {
	p.reading.Lock()
	defer p.reading.Unlock()
	if p.session.out.Full() {
		p.sendProcesses()
		return 0, true // It waits in the ring, where the BPF side counts what does not fit.
	}
	used = p.read()
	delivered = isDue || p.reader.Urgent()
	if delivered {
		p.reader.Flush()
	}
	return used, delivered
}

// read takes what is in the ring. reading is held.
func (p *profile) read() uint64 {
	end := p.ring.End()
	p.tasks.drain()
	return p.ring.Drain(end, p.reader.Record)
}

// take reads and sends, whatever waits for the reader of our output: what is too much is counted
// there, where a ring that nobody reads again would lose it in silence. reading is held.
func (p *profile) take() {
	p.read()
	p.reader.Flush()
}

// sendProcesses sends the process events and new files there are.
func (p *profile) sendProcesses() {
	p.sending.Lock()
	defer p.sending.Unlock()
	p.session.sendTracked(p.tracker)
}

func (p *profile) flush() {
	p.tasks.drain()
	p.drain(true)
}

// stop detaches, and sends what was taken.
func (p *profile) stop() {
	failures := p.detach()
	p.tasks.stop()
	close(p.ticks)
	p.ticking.Wait()
	p.tracker.SettleExits()
	p.reading.Lock()
	p.take()
	p.reader.EndOffCPU(perfevent.NowNs())
	p.reader.Flush()
	p.reading.Unlock()
	p.session.sendJSON(wire.Statistics, 0, p.statistics())
	if failures != nil {
		p.session.log("error", "detaching: "+failures.Error())
	}
}

// statistics is frame 0x15.
type statistics struct {
	Counters map[string]uint64 `json:"counters"`
	records.Stats
	PipeDropped    uint64        `json:"pipeDropped"`
	PipeDroppedRaw uint64        `json:"pipeDroppedRawCopies"`
	Process        process.Stats `json:"tracking"`
	Tables         store.Usage   `json:"tables"`
	MappingsLeft   int           `json:"mappingsLeft"`
	TaskWakeups    uint64        `json:"taskWakeups"`
	CPUs           int           `json:"cpus"`
	CPUTimeUs      int64         `json:"cpuTimeUs"`
	MaxRSSBytes    int64         `json:"maxRssBytes"`
}

func (p *profile) statistics() statistics {
	p.reading.Lock()
	stats := statistics{Counters: p.scratches.Counters(), Stats: p.reader.Stats()}
	p.reading.Unlock()
	stats.PipeDropped, stats.PipeDroppedRaw = p.session.out.Dropped()
	stats.Process, stats.Tables = p.tracker.Stats(), p.tables.Usage()
	stats.TaskWakeups = p.tasks.wakeups.Load()
	stats.MappingsLeft, stats.CPUs = p.processes.Left(), p.samplers.count()
	var usage unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &usage) == nil {
		stats.CPUTimeUs = (usage.Utime.Nano() + usage.Stime.Nano()) / 1000
		stats.MaxRSSBytes = usage.Maxrss * 1024
	}
	return stats
}
