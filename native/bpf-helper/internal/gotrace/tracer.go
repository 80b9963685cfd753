// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cilium/ebpf"

	"otelkit/bpf-helper/internal/limits"
	"otelkit/bpf-helper/internal/records"
)

// Tracer is what is loaded, and all executables that it is attached to. It is safe for use by several
// goroutines.
type Tracer struct {
	mutex     sync.Mutex
	programs  *programs
	ringBytes uint32
	ring      *records.Ring
	targets   map[uint16]*executable
	settings  settings
}

const preloadAfter = 2 * time.Second

// executable is one config.
type executable struct {
	attachments []*attachment
	instances   []*programs
	pids        map[uint32]bool
}

// AttachRequest is the request goAttach.
type AttachRequest struct {
	Config    int               `json:"config"`
	Path      string            `json:"path"`
	GoVersion string            `json:"goVersion"`
	Functions []Place           `json:"functions"`
	Offsets   map[string]uint16 `json:"offsets"`
	PIDs      *[]uint32         `json:"pids"`
	Libraries []string          `json:"libraries"`
}

// Attached is what goAttach answers.
type Attached struct {
	Sites    []Site    `json:"attached"`
	Problems []Problem `json:"problems"`
}

// Open loads everything and attaches nothing.
func Open(ringBytes uint32, s Settings) (*Tracer, error) {
	names, _, err := s.Captures.sides()
	if err != nil {
		return nil, err
	}
	p, err := load(ringBytes, nil, 0, len(names))
	if err != nil {
		return nil, err
	}
	// Most programs serve HTTP: while the first executable is being read, there is time.
	p.begin("http_server_begin", "http_server_end", "http_server_abort")
	if _, err := p.program("http_server_end"); err != nil {
		p.Close()
		return nil, err
	}
	t := &Tracer{programs: p, ringBytes: ringBytes, targets: map[uint16]*executable{}}
	spans := p.Maps["spans"]
	if t.ring, err = records.OpenRing(spans.FD(), int(spans.MaxEntries())); err != nil {
		p.Close()
		return nil, err
	}
	if err := errors.Join(t.Set(s), p.capture(s.Captures)); err != nil {
		t.Close()
		return nil, err
	}
	if p.cookies {
		// For what starts later; now others want the CPU.
		time.AfterFunc(preloadAfter, p.preload)
	}
	return t, nil
}

// Features tells what the kernel's part of it uses.
func (t *Tracer) Features() map[string]any {
	return map[string]any{"uprobeMulti": t.programs.multi, "attachCookies": t.programs.cookies}
}

// Active is the map of open spans, which propagation reads.
func (t *Tracer) Active() *ebpf.Map { return t.programs.Maps["active"] }

// Sites answers goSites: which instructions would be used. Nothing is loaded.
func Sites(path string, functions []Place) (Attached, error) {
	c, done, err := openCode(path, functions)
	if err != nil {
		return Attached{}, err
	}
	defer done()
	sites, problems := chooseSites(c, nil, nil)
	return Attached{orEmpty(sites), orEmpty(problems)}, nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Attach attaches to an executable. Ends come before beginnings, so that no span begins whose end
// would not be seen.
func (t *Tracer) Attach(r *AttachRequest) (Attached, error) {
	if r.Config < 0 || r.Config >= limits.GoConfigs {
		return Attached{}, fmt.Errorf("config %d, expected 0 to %d", r.Config, limits.GoConfigs-1)
	}
	c, done, err := openCode(r.Path, r.Functions)
	if err != nil {
		return Attached{}, err
	}
	defer done()
	sites, problems := chooseSites(c, r.Offsets, r.Libraries)
	t.mutex.Lock()
	defer t.mutex.Unlock()
	config := uint16(r.Config)
	if t.targets[config] != nil {
		return Attached{}, fmt.Errorf("config %d is in use", config)
	}
	e := &executable{pids: map[uint32]bool{}}
	t.targets[config] = e
	if err := t.configure(config, r); err != nil {
		t.detach(config)
		return Attached{}, err
	}
	if t.programs.cookies {
		for _, s := range sites {
			t.programs.begin(s.program)
		}
	}
	var attached []Site
	for _, library := range groups(sites) {
		if err := t.attachLibrary(e, config, r.Path, library); err != nil {
			problems = append(problems, Problem{library[0].Library, "", "", notAttached, err.Error()})
			continue
		}
		attached = append(attached, library...)
	}
	return Attached{orEmpty(attached), orEmpty(problems)}, nil
}

// groups splits sites by their library, which they are sorted by.
func groups(sites []Site) [][]Site {
	var out [][]Site
	for i, s := range sites {
		if i == 0 || s.Library != sites[i-1].Library {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], s)
	}
	return out
}

// attachLibrary attaches all sites of a library, or none.
func (t *Tracer) attachLibrary(e *executable, config uint16, path string, sites []Site) error {
	before := len(e.attachments)
	for _, isBegin := range []bool{false, true} {
		byProgram, order := map[string][]spot{}, []string{}
		for _, s := range sites {
			if (s.Role == "begin") != isBegin {
				continue
			}
			if byProgram[s.program] == nil {
				order = append(order, s.program)
			}
			byProgram[s.program] = append(byProgram[s.program], spot{s.FileOffset, s.cookie(config)})
		}
		for _, program := range order {
			if err := t.attachProgram(e, program, path, byProgram[program]); err != nil {
				closeAll(e.attachments[before:])
				e.attachments = e.attachments[:before]
				return fmt.Errorf("%s: %w", program, err)
			}
		}
	}
	return nil
}

func (s *Site) cookie(config uint16) uint64 {
	return uint64(config) | uint64(s.kind)<<16 | uint64(s.variant)<<24
}

func (t *Tracer) attachProgram(e *executable, program, path string, spots []spot) error {
	if t.programs.cookies {
		a, err := t.programs.attach(program, path, spots)
		if err == nil {
			e.attachments = append(e.attachments, a)
		}
		return err
	}
	for _, s := range spots {
		own, err := load(t.ringBytes, t.programs, s.cookie, 0)
		if err != nil {
			return err
		}
		e.instances = append(e.instances, own)
		a, err := own.attach(program, path, []spot{s})
		if err != nil {
			return err
		}
		e.attachments = append(e.attachments, a)
	}
	return nil
}

// Detach ends all that was attached to an executable.
func (t *Tracer) Detach(config int) error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if config < 0 || config >= limits.GoConfigs || t.targets[uint16(config)] == nil {
		return fmt.Errorf("config %d is not attached", config)
	}
	t.detach(uint16(config))
	// Nothing ends any more what has begun there.
	_, err := t.forget(func(_, _ uint32, _ uint64, of uint16) bool { return of == uint16(config) })
	return err
}

func (t *Tracer) detach(config uint16) {
	e := t.targets[config]
	delete(t.targets, config)
	closeAll(e.attachments)
	for _, p := range e.instances {
		p.Close()
	}
	for pid := range e.pids {
		_ = t.programs.Maps["targets"].Delete(pid)
	}
	_ = t.programs.Maps["configs"].Put(uint32(config), t.programs.encode(0, nil))
}

// closeAll detaches: each waits for the kernel's grace period, so all do at once.
func closeAll(attachments []*attachment) {
	var closing sync.WaitGroup
	for _, a := range attachments {
		closing.Go(a.close)
	}
	closing.Wait()
}

// Drain calls each with every record that is there.
func (t *Tracer) Drain(each func(record []byte)) uint64 { return t.ring.Drain(t.ring.End(), each) }

// RingBytes is the ring's size.
func (t *Tracer) RingBytes() uint64 { return uint64(t.programs.Maps["spans"].MaxEntries()) }

// DetachAll ends everything that makes records.
func (t *Tracer) DetachAll() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	var all []*attachment
	for _, e := range t.targets {
		all, e.attachments = append(all, e.attachments...), nil
	}
	closeAll(all)
	for config := range t.targets {
		t.detach(config)
	}
}

// Close frees everything.
func (t *Tracer) Close() {
	t.DetachAll()
	t.ring.Close()
	t.programs.Close()
}

// Counters sums what the programs counted.
func (t *Tracer) Counters() (map[string]uint64, error) {
	out := map[string]uint64{}
	var failures error
	for i, name := range t.programs.layout.counters {
		var perCPU []uint64
		if err := t.programs.Maps["counters"].Lookup(uint32(i), &perCPU); err != nil {
			failures = errors.Join(failures, err)
			continue
		}
		for _, n := range perCPU {
			out[counterName(name)] += n
		}
	}
	return out, failures
}
