// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/features"
	"github.com/cilium/ebpf/link"
	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/gotrace"
	"otelkit/bpf-helper/internal/perfevent"
)

// Mechanism is a way to get a header into what a program sends.
type Mechanism string

// The ways, the better one first.
const (
	// WriteBuffer writes into the program's own buffer (bpf_probe_write_user): also under TLS.
	WriteBuffer Mechanism = "writeBuffer"
	// SendTime adds to the message on its way through the kernel (sk_msg): cleartext TCP only.
	SendTime Mechanism = "sendTime"
	// None: nothing is propagated.
	None Mechanism = "none"
)

// Options for Open.
type Options struct {
	// Active is the map of open spans, States that of `tracestate` by trace; both are only read.
	Active, States *ebpf.Map
	// Try are the ways to try, in order; empty: all.
	Try []Mechanism
}

// Propagator is what is loaded. Close detaches everything.
type Propagator struct {
	collection *ebpf.Collection
	mechanism  Mechanism
	multi      bool
	global     []io.Closer
	configs    []bool
	counters   []string
	why        map[Mechanism]error
	processes  map[int]bool
	// last are the counters as they were when it was closed.
	last map[string]uint64
}

// Open loads the first way that this kernel takes. With none the error of each is in Why, and
// Mechanism is None: that is no error.
func Open(o Options) (*Propagator, error) {
	spec, err := ebpf.LoadCollectionSpecFromReader(bytes.NewReader(object))
	if err != nil {
		return nil, fmt.Errorf("read the embedded BPF object: %w", err)
	}
	p := &Propagator{
		mechanism: None, why: map[Mechanism]error{}, processes: map[int]bool{},
		multi: gotrace.HaveMulti(),
	}
	if p.counters, err = counterNames(spec); err != nil {
		return nil, err
	}
	if err := features.HaveProgramHelper(ebpf.Kprobe, asm.FnGetAttachCookie); err != nil {
		for _, way := range []Mechanism{WriteBuffer, SendTime} {
			p.why[way] = fmt.Errorf("this kernel has no attach cookies: %w", err)
		}
		return p, nil
	}
	try := o.Try
	if len(try) == 0 {
		try = []Mechanism{WriteBuffer, SendTime}
	}
	for _, way := range try {
		if p.why[way] = p.load(spec.Copy(), way, o); p.why[way] == nil {
			p.mechanism = way
			p.configs = make([]bool, p.collection.Maps["propagate_configs"].MaxEntries())
			return p, nil
		}
	}
	return p, nil
}

// programsOf names what a way needs.
func programsOf(way Mechanism) map[string]bool {
	wanted := map[string]bool{}
	for _, l := range libraries {
		for _, probe := range append(append([]probe{}, l.links...), l.probes[way]...) {
			wanted[probe.program] = true
		}
	}
	if way == SendTime {
		wanted["propagate_message"], wanted["propagate_sockets"] = true, true
	}
	return wanted
}

// load loads one way; what it needs besides programs is attached.
func (p *Propagator) load(spec *ebpf.CollectionSpec, way Mechanism, o Options) error {
	if way == WriteBuffer {
		// A small program tells what a large one would, and quicker.
		if err := tryWriteUser(); err != nil {
			return err
		}
	}
	wanted := programsOf(way)
	for name, program := range spec.Programs {
		if !wanted[name] {
			delete(spec.Programs, name)
		} else if p.multi && program.Type == ebpf.Kprobe {
			program.AttachType = ebpf.AttachTraceUprobeMulti
		}
	}
	if way == WriteBuffer {
		for _, name := range []string{"sockets", "connecting", "connections", "streams"} {
			delete(spec.Maps, name)
		}
	}
	shared := map[string]*ebpf.Map{}
	for name, m := range map[string]*ebpf.Map{"active": o.Active, "trace_states": o.States} {
		if m != nil {
			ours := spec.Maps[name]
			ours.Type, ours.MaxEntries, ours.Flags = m.Type(), m.MaxEntries(), m.Flags()
			shared[name] = m
		}
	}
	collection, err := ebpf.NewCollectionWithOptions(spec,
		ebpf.CollectionOptions{MapReplacements: shared})
	if err != nil {
		return fmt.Errorf("loading: %w", err)
	}
	p.collection = collection
	if way != SendTime {
		return nil
	}
	if err := p.joinSockets(); err != nil {
		p.Close()
		return err
	}
	return nil
}

// joinSockets attaches what sees connections made and messages sent.
func (p *Propagator) joinSockets() error {
	sockets := p.collection.Maps["sockets"]
	err := link.RawAttachProgram(link.RawAttachProgramOptions{
		Target: sockets.FD(), Program: p.collection.Programs["propagate_message"],
		Attach: ebpf.AttachSkMsgVerdict,
	})
	if err != nil {
		return fmt.Errorf("attaching to messages: %w", err)
	}
	// Its root is right for all processes, also where only version 1 is in use.
	cgroup, err := perfevent.DetachedMount("cgroup2")
	if err != nil {
		return fmt.Errorf("cgroup2: %w", err)
	}
	defer unix.Close(cgroup)
	attached, err := link.AttachRawLink(link.RawLinkOptions{
		Target: cgroup, Program: p.collection.Programs["propagate_sockets"],
		Attach: ebpf.AttachCGroupSockOps,
	})
	if err != nil {
		return fmt.Errorf("attaching to connections: %w", err)
	}
	p.global = append(p.global, attached)
	return nil
}

// Mechanism tells how headers are written; None: they are not.
func (p *Propagator) Mechanism() Mechanism { return p.mechanism }

// Why tells for each way that was tried and cannot be used what the kernel said.
func (p *Propagator) Why() map[Mechanism]string {
	out := map[Mechanism]string{}
	for way, err := range p.why {
		if err != nil {
			out[way] = err.Error()
		}
	}
	return out
}

// Close detaches and frees everything.
func (p *Propagator) Close() error {
	var errs []error
	for _, c := range p.global {
		errs = append(errs, c.Close())
	}
	p.global = nil
	if p.collection != nil {
		p.last = p.Counters()
		p.collection.Close()
		p.collection = nil
	}
	return errors.Join(errs...)
}
