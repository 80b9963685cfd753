// SPDX-License-Identifier: Apache-2.0

package session

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cilium/ebpf/link"
	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/kernelmap"
	"otelkit/bpf-helper/internal/perfevent"
	"otelkit/bpf-helper/internal/process"
	"otelkit/bpf-helper/internal/profilebpf"
	"otelkit/bpf-helper/internal/records"
	"otelkit/bpf-helper/internal/spanmaps"
	"otelkit/bpf-helper/internal/store"
	"otelkit/bpf-helper/internal/wire"
)

// profile is everything that `start` started.
type profile struct {
	session   *Session
	options   startOptions
	loaded    *profilebpf.Loaded
	scratches *store.Scratches
	settings  kernelmap.Config
	processes *store.Processes
	tables    *store.Tables
	contexts  *store.ThreadContexts
	spanMaps  *spanmaps.Finder
	tracker   *process.Tracker
	tasks     *tasks
	samplers  *samplers
	probes    []*attachedProbe
	switches  link.Link
	ring      *records.Ring
	reader    *records.Reader
	reading   sync.Mutex // of ring and reader
	sending   sync.Mutex // of the tracker's output, so that it stays in order
	ticks     chan struct{}
	started   chan struct{} // a program started: its first samples are waited for
	ticking   sync.WaitGroup
	hurries   atomic.Bool // started was told since the last round
	scanning  atomic.Bool
	begun     time.Time
}

// startProfile loads, attaches, and lets everything run.
func startProfile(s *Session, o startOptions) (*profile, reply, error) {
	p := &profile{session: s, options: o, begun: time.Now(), ticks: make(chan struct{}),
		started: make(chan struct{}, 1)}
	if err := p.load(); err != nil {
		p.close()
		return nil, nil, err
	}
	if err := p.attach(); err != nil {
		p.close()
		return nil, nil, err
	}
	attachMs := time.Since(p.begun).Milliseconds()
	raisePriority()
	p.scanning.Store(true)
	p.ticking.Add(2)
	go p.scan()
	go p.poll()
	return p, reply{
		"attachMs": attachMs, "cpus": p.samplers.count(),
		"features": reply{
			"variant": p.loaded.Variant, "attachCookies": p.loaded.AttachCookies,
		},
	}, nil
}

func (p *profile) load() (err error) {
	programs, err := p.options.programs()
	if err != nil {
		return err
	}
	p.loaded, err = loadPrograms(profilebpf.Options{
		MapScale: uint32(p.options.MapScale), RingBytes: uint32(p.options.RingBytes),
		Programs: programs,
	})
	if err != nil {
		return fmt.Errorf("loading the BPF programs: %w", err)
	}
	p.scratches, err = store.OpenScratches(p.loaded.Map("scratch_sample"),
		p.loaded.Map("scratch_switch"), p.loaded.Map("scratch_tracepoint"), p.loaded.Map("scratch_uprobe"))
	if err != nil {
		return err
	}
	p.processes, err = store.NewProcesses(p.loaded.Map("processes"), p.loaded.Map("mappings"))
	if err != nil {
		return err
	}
	p.processes.Changed = p.scratches.ProcessesChanged
	p.contexts = store.NewThreadContexts(p.loaded.Map("thread_contexts"), p.scratches.SetThreadContexts)
	p.spanMaps = spanmaps.New(p.loaded.Map("span_maps"), p.scratches.SetSpanMaps)
	p.tables, err = store.NewTables(store.TableMaps{
		Tables: p.loaded.Map("tables"), PageDir: p.loaded.Map("page_dir"),
		SideRules: p.loaded.Map("side_rules"), RowChunks: p.loaded.Map("row_chunks"),
		Chunk: p.loaded.Chunk,
	})
	if err != nil {
		return err
	}
	events := p.loaded.Map("events")
	if p.ring, err = records.OpenRing(events.FD(), int(events.MaxEntries())); err != nil {
		return err
	}
	p.reader = records.NewReader(p.session.out, func(resets uint64) {
		p.session.sendJSON(wire.Statistics, 0, reply{"reset": true, "traceResets": resets})
	})
	p.reader.BeforeFlush = p.sendProcesses
	p.tracker = process.NewTracker(p.processes)
	p.tracker.SetFilter(p.options.PIDs, nil)
	p.settings = p.options.config()
	p.scratches.Set(p.settings)
	return nil
}

// loadPrograms raises the limit of locked memory only where maps count towards it: up to Linux 5.10.
// From 5.11 on no limit has to be raised, so CAP_SYS_RESOURCE is not needed.
func loadPrograms(options profilebpf.Options) (*profilebpf.Loaded, error) {
	loaded, err := profilebpf.Load(options)
	if !errors.Is(err, unix.EPERM) {
		return loaded, err
	}
	unlimited := unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
	if unix.Setrlimit(unix.RLIMIT_MEMLOCK, &unlimited) != nil {
		return nil, err
	}
	return profilebpf.Load(options)
}

func (o *startOptions) config() kernelmap.Config {
	const all = 1 << 32
	c := kernelmap.Config{
		OffCPUProbability: uint32(min(uint64(o.OffCPUProbability*all), all-1)),
		MaxUserFrames:     uint32(o.MaxUserFrames), RawCopyBytes: uint32(o.RawCopyBytes),
	}
	if o.OnlyListed || len(o.PIDs) > 0 {
		c.Flags |= kernelmap.ConfigOnlyListed
	}
	if o.Idle {
		c.Flags |= kernelmap.ConfigSendIdle
	}
	if o.RawCopyBytes > 0 {
		c.Flags |= kernelmap.ConfigRawCopies
	}
	if !o.KernelStacks {
		c.Flags |= kernelmap.ConfigNoKernelStacks
	}
	return c
}

// attach begins with the processes' records, so that none is missed between the scan and sampling.
func (p *profile) attach() (err error) {
	online, err := perfevent.OnlineCPUs()
	if err != nil {
		return err
	}
	p.tasks = newTasks(p.tracker, p.sendProcesses, p.programStarted)
	if err := p.tasks.follow(online); err != nil {
		return err
	}
	p.samplers = newSamplers(&p.options, p.loaded.Program(profilebpf.Sample).FD())
	if err := p.samplers.follow(online); err != nil {
		return err
	}
	if p.options.OffCPUProbability > 0 {
		p.switches, err = link.AttachRawTracepoint(link.RawTracepointOptions{
			Name: "sched_switch", Program: p.loaded.Program(profilebpf.SchedSwitch),
		})
		if err != nil {
			return fmt.Errorf("attaching to sched_switch: %w", err)
		}
	}
	for i, text := range p.options.Probes {
		attached, err := p.attachProbe(uint8(i), text)
		if err != nil {
			return fmt.Errorf("probe %d: %w", i, err)
		}
		p.probes = append(p.probes, attached)
	}
	return nil
}

func (p *profile) setFilter(include, exclude []uint32) {
	p.tracker.SetFilter(include, exclude)
	p.settings.Flags &^= kernelmap.ConfigOnlyListed
	if p.options.OnlyListed || len(include) > 0 {
		p.settings.Flags |= kernelmap.ConfigOnlyListed
	}
	p.scratches.Set(p.settings)
}

func (p *profile) unload(slot uint32) error {
	if slot == 0 || slot > 0xffff {
		return badRequest("slot %d", slot)
	}
	p.tracker.Unload(uint16(slot))
	return p.tables.Unload(slot)
}

func (p *profile) pause(paused bool) error {
	settings := p.settings
	if paused {
		settings.OffCPUProbability = 0
	}
	p.scratches.Set(settings)
	return p.samplers.pause(paused)
}

// detach ends all that produces records.
func (p *profile) detach() error {
	if p.samplers != nil {
		p.samplers.close()
	}
	var failures error
	if p.switches != nil {
		failures = p.switches.Close()
		p.switches = nil
	}
	for _, attached := range p.probes {
		attached.close()
	}
	p.probes = nil
	return failures
}

// close frees what a start that failed left. Later on the process's end does that.
func (p *profile) close() {
	_ = p.detach()
	if p.tasks != nil {
		p.tasks.close()
	}
	if p.ring != nil {
		p.ring.Close()
	}
	if p.scratches != nil {
		p.scratches.Close()
	}
	if p.tables != nil {
		p.tables.Close()
	}
	if p.processes != nil {
		p.processes.Close()
	}
	if p.loaded != nil {
		p.loaded.Close()
	}
}
