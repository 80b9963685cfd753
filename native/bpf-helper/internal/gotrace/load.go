// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/btf"
	"github.com/cilium/ebpf/features"
	"golang.org/x/sys/unix"
)

// layout is what the object says about itself.
type layout struct {
	fields   map[string]int // number of a field by its enumerator
	counters []string
}

const absent = 0xffff

// programs is what is loaded: maps at once, programs when they are first attached. The verifier takes
// most of the time there is until the first span.
type programs struct {
	Maps    map[string]*ebpf.Map
	spec    *ebpf.CollectionSpec
	maps    *ebpf.Collection
	layout  layout
	multi   bool // one link for many sites (Linux 6.6)
	cookies bool

	mutex  sync.Mutex
	loaded map[string]*loading
	closed bool
}

// What tests do without, to stand for older kernels.
var useCookies, useMulti = true, true

// loading is one program that is loaded, or being loaded.
type loading struct {
	done    chan struct{}
	program *ebpf.Program
	err     error
}

// spec parses the embedded object and reads its enums.
func spec() (*ebpf.CollectionSpec, layout, error) {
	s, err := ebpf.LoadCollectionSpecFromReader(bytes.NewReader(object))
	if err != nil {
		return nil, layout{}, fmt.Errorf("read the embedded BPF object: %w", err)
	}
	l := layout{fields: map[string]int{}}
	var fields, counters *btf.Enum
	if err := errors.Join(s.Types.TypeByName("go_field", &fields),
		s.Types.TypeByName("go_counter", &counters)); err != nil {
		return nil, layout{}, fmt.Errorf("the BPF object's types: %w", err)
	}
	for _, value := range fields.Values {
		l.fields[value.Name] = int(value.Value)
	}
	for _, value := range counters.Values {
		if int(value.Value) == len(l.counters) {
			l.counters = append(l.counters, value.Name)
		}
	}
	return s, l, nil
}

// load makes maps, and finds out what this kernel has: uprobe_multi, or perf's uprobes with attach
// cookies; on kernels without cookies every site has an instance of its own, which shares maps.
func load(ringBytes uint32, share *programs, cookie uint64, captures int) (*programs, error) {
	s, l, err := spec()
	if err != nil {
		return nil, err
	}
	p := &programs{spec: s, layout: l, loaded: map[string]*loading{}}
	if share != nil {
		p.cookies, p.multi = share.cookies, share.multi
	} else {
		p.cookies = useCookies && features.HaveProgramHelper(ebpf.Kprobe, asm.FnGetAttachCookie) == nil
		p.multi = p.cookies && useMulti && haveMulti()
	}
	for _, program := range s.Programs {
		if p.multi {
			program.AttachType = ebpf.AttachTraceUprobeMulti
		}
	}
	if ringBytes != 0 {
		s.Maps["spans"].MaxEntries = ringBytes
	}
	for name, value := range map[string]any{
		"has_cookies": boolByte(p.cookies), "own_cookie": cookie, "captured": uint32(captures),
	} {
		if err := s.Variables[name].Set(value); err != nil {
			return nil, fmt.Errorf("constant %s: %w", name, err)
		}
	}
	if p.maps, err = loadMaps(s, share); errors.Is(err, unix.EPERM) {
		// Up to Linux 5.10 maps count as locked memory.
		unlimited := unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
		if unix.Setrlimit(unix.RLIMIT_MEMLOCK, &unlimited) == nil {
			p.maps, err = loadMaps(s, share)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("making the BPF maps: %w", err)
	}
	p.Maps = p.maps.Maps
	return p, nil
}

func loadMaps(s *ebpf.CollectionSpec, share *programs) (*ebpf.Collection, error) {
	options := ebpf.CollectionOptions{MapReplacements: map[string]*ebpf.Map{}}
	if share != nil {
		for name, m := range share.Maps {
			if name != ".rodata" {
				options.MapReplacements[name] = m
			}
		}
	}
	maps := s.Copy()
	clear(maps.Programs)
	return ebpf.NewCollectionWithOptions(maps, options)
}

// begin lets programs be loaded, side by side.
func (p *programs) begin(names ...string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, name := range names {
		p.beginLocked(name)
	}
}

func (p *programs) beginLocked(name string) *loading {
	if l := p.loaded[name]; l != nil {
		return l
	}
	l := &loading{done: make(chan struct{})}
	p.loaded[name] = l
	go func() {
		defer close(l.done)
		l.program, l.err = p.loadOne(name)
	}()
	return l
}

func (p *programs) loadOne(name string) (*ebpf.Program, error) {
	if p.spec.Programs[name] == nil {
		return nil, fmt.Errorf("no BPF program is called %s", name)
	}
	// Maps are only read, and copying all programs costs as much as loading one.
	part := *p.spec
	part.Programs = map[string]*ebpf.ProgramSpec{name: p.spec.Programs[name].Copy()}
	part.Variables = nil // They are in a map that is there.
	c, err := ebpf.NewCollectionWithOptions(&part, ebpf.CollectionOptions{MapReplacements: p.Maps})
	if err != nil {
		return nil, fmt.Errorf("loading: %w", err)
	}
	defer c.Close()
	return c.DetachProgram(name), nil
}

// program waits for one.
func (p *programs) program(name string) (*ebpf.Program, error) {
	p.begin(name)
	p.mutex.Lock()
	l := p.loaded[name]
	p.mutex.Unlock()
	<-l.done
	return l.program, l.err
}

// preload loads one after the other what most servers need, beside everything else.
func (p *programs) preload() {
	for _, name := range []string{
		"http_client_begin", "http_client_end", "grpc_server_begin", "grpc_server_end",
		"grpc_client_begin", "grpc_client_end", "sql_query_begin", "sql_query_success",
		"sql_exec_begin", "sql_exec_deferred", "sql_stmt_begin", "sql_return",
	} {
		p.mutex.Lock()
		if p.closed {
			p.mutex.Unlock()
			return
		}
		l := p.beginLocked(name)
		p.mutex.Unlock()
		<-l.done
	}
}

// Close waits for what is being loaded, and frees everything.
func (p *programs) Close() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.closed = true
	for _, l := range p.loaded {
		<-l.done
		if l.program != nil {
			l.program.Close()
		}
	}
	p.maps.Close()
}

func boolByte(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
