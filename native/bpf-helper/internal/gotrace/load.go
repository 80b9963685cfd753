// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
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

// programs is the loaded collection.
type programs struct {
	*ebpf.Collection
	layout  layout
	multi   bool // one link for many sites (Linux 6.6)
	cookies bool
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

// load loads all programs with what this kernel has: uprobe_multi, or perf's uprobes with attach
// cookies; on kernels without cookies every executable has an instance of its own, which shares maps.
func load(ringBytes uint32, share *programs, cookie uint64, only []string) (*programs, error) {
	s, l, err := spec()
	if err != nil {
		return nil, err
	}
	for name := range s.Programs {
		if len(only) > 0 && !slices.Contains(only, name) {
			delete(s.Programs, name)
		}
	}
	p := &programs{layout: l}
	p.cookies = features.HaveProgramHelper(ebpf.Kprobe, asm.FnGetAttachCookie) == nil
	p.multi = p.cookies && haveMulti()
	for _, program := range s.Programs {
		if p.multi {
			program.AttachType = ebpf.AttachTraceUprobeMulti
		}
	}
	if ringBytes != 0 {
		s.Maps["spans"].MaxEntries = ringBytes
	}
	for name, value := range map[string]any{"has_cookies": boolByte(p.cookies), "own_cookie": cookie} {
		if err := s.Variables[name].Set(value); err != nil {
			return nil, fmt.Errorf("constant %s: %w", name, err)
		}
	}
	if p.Collection, err = loadParts(s, share); errors.Is(err, unix.EPERM) {
		// Up to Linux 5.10 maps count as locked memory.
		unlimited := unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
		if unix.Setrlimit(unix.RLIMIT_MEMLOCK, &unlimited) == nil {
			p.Collection, err = loadParts(s, share)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("loading the BPF programs: %w", err)
	}
	return p, nil
}

// loadParts loads maps first and then all programs at once: the verifier takes most of the time.
func loadParts(s *ebpf.CollectionSpec, share *programs) (*ebpf.Collection, error) {
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
	all, err := ebpf.NewCollectionWithOptions(maps, options)
	if err != nil {
		return nil, err
	}
	all.Programs = map[string]*ebpf.Program{}
	options.MapReplacements = all.Maps
	var loading sync.WaitGroup
	var mutex sync.Mutex
	var failures []error
	for name := range s.Programs {
		loading.Go(func() {
			part := s.Copy()
			part.Programs = map[string]*ebpf.ProgramSpec{name: part.Programs[name]}
			c, err := ebpf.NewCollectionWithOptions(part, options)
			mutex.Lock()
			defer mutex.Unlock()
			if err != nil {
				failures = append(failures, err)
				return
			}
			all.Programs[name] = c.DetachProgram(name)
			c.Close()
		})
	}
	loading.Wait()
	if len(failures) > 0 {
		all.Close()
		return nil, errors.Join(failures...)
	}
	return all, nil
}

func boolByte(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
