// SPDX-License-Identifier: Apache-2.0

// Package profilebpf holds the profiler's BPF objects, built from bpf/profile, and loads them.
package profilebpf

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/cilium/ebpf"
)

// A Variant is a way to build the loop over frames.
type Variant string

// The variants, the better one first.
const (
	Loop  Variant = "loop"  // bpf_loop: Linux 5.17, 1,920 frames
	Calls Variant = "calls" // a bounded loop of calls: Linux 5.10, 1,920 frames
)

// Names of the programs.
const (
	Sample          = "sample"           // perf_event: on-CPU samples
	SchedSwitch     = "sched_switch"     // raw tracepoint of that name: off-CPU
	ProbeUprobe     = "probe_uprobe"     // kprobe type, for uprobes
	ProbeTracepoint = "probe_tracepoint" // any tracepoint
)

// Options says what to load, and how large.
type Options struct {
	Variants     []Variant // tried in this order; empty: Loop, then Calls
	MapScale     uint32    // factor of the sizes that grow with it; 0 is 1
	RingBytes    uint32    // a power of two and a multiple of the page size; 0 is the object's
	PossibleCPUs int       // 0: asks the kernel
	Programs     []string  // of the names below; empty: Sample
	Probe        uint8     // the probe's number, where there are no attach cookies
	// Interpreters lets the native unwinder hand over to those in progs_*. On AArch64 it needs Linux 6.0.
	Interpreters bool
	// Share takes the maps of an earlier Loaded, for another instance of a probe's program.
	Share *Loaded
}

// Loaded is what was loaded. Close it to free all.
type Loaded struct {
	Variant    Variant
	Collection *ebpf.Collection
	// Chunk describes the inner maps of row_chunks.
	Chunk *ebpf.MapSpec
	// AttachCookies tells whether probes get their number by an attach cookie.
	AttachCookies bool
}

// Close frees maps and programs.
func (l *Loaded) Close() { l.Collection.Close() }

// Map returns a map by its name in docs/profile-internals.md.
func (l *Loaded) Map(name string) *ebpf.Map { return l.Collection.Maps[name] }

// Program returns sample, sched_switch, probe_uprobe or probe_tracepoint; nil where not asked for.
func (l *Loaded) Program(name string) *ebpf.Program { return l.Collection.Programs[name] }

// Load loads the first variant that the kernel takes. The error joins those of each variant, with
// the verifier's last lines.
func Load(o Options) (*Loaded, error) {
	variants := o.Variants
	if len(variants) == 0 {
		variants = []Variant{Loop, Calls}
	}
	var failures []error
	for _, v := range variants {
		loaded, err := loadVariant(v, o)
		if err == nil {
			return loaded, nil
		}
		failures = append(failures, fmt.Errorf("load the %s variant: %w", v, err))
	}
	return nil, errors.Join(failures...)
}

func loadVariant(v Variant, o Options) (*Loaded, error) {
	spec, err := Spec(v)
	if err != nil {
		return nil, err
	}
	if err := keepPrograms(spec, o.Programs, o.Interpreters); err != nil {
		return nil, err
	}
	if err := setSizes(spec, o); err != nil {
		return nil, err
	}
	cookies, err := setConstants(spec, v, o)
	if err != nil {
		return nil, err
	}
	chunk := spec.Maps["row_chunks"].InnerMap.Copy()
	c, err := ebpf.NewCollectionWithOptions(spec, ebpf.CollectionOptions{
		MapReplacements: sharedMaps(spec, o.Share),
	})
	if err != nil {
		return nil, err
	}
	return &Loaded{Variant: v, Collection: c, Chunk: chunk, AttachCookies: cookies}, nil
}

// Spec parses an embedded object.
func Spec(v Variant) (*ebpf.CollectionSpec, error) {
	object := loopObject
	if v == Calls {
		object = callsObject
	}
	spec, err := ebpf.LoadCollectionSpecFromReader(bytes.NewReader(object))
	if err != nil {
		return nil, fmt.Errorf("read the embedded BPF object: %w", err)
	}
	return spec, nil
}
