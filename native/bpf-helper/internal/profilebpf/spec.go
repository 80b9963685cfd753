// SPDX-License-Identifier: Apache-2.0
package profilebpf

import (
	"fmt"
	"os"
	"runtime"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/features"
)

const (
	maxMapScale       = 8
	minRingBytesByCPU = 1 << 20
)

// What belongs to one program alone: where interpreters hand back to, those, and its other maps.
var owned = map[string][]string{
	Sample:          {"sample_native", "progs_sample", "scratch_sample"},
	SchedSwitch:     {"switch_native", "progs_switch", "scratch_switch", "off_cpu"},
	ProbeUprobe:     {"uprobe_native", "progs_uprobe", "scratch_uprobe"},
	ProbeTracepoint: {"tracepoint_native", "progs_tracepoint", "scratch_tracepoint"},
}

// Arrays with so many entries for each CPU as the object says.
var byCPU = []string{"scratch_sample", "scratch_switch", "scratch_tracepoint", "scratch_uprobe"}

// keepPrograms removes the programs that are not wanted, so that they cost neither time nor memory.
func keepPrograms(spec *ebpf.CollectionSpec, wanted []string, interpreters bool) error {
	if len(wanted) == 0 {
		wanted = []string{Sample}
	}
	keep := map[string]bool{}
	for _, name := range wanted {
		if spec.Programs[name] == nil {
			return fmt.Errorf("no BPF program is called %q", name)
		}
		keep[name] = true
	}
	for name, parts := range owned {
		if keep[name] {
			if !interpreters {
				// Nobody hands a stack back, so what would take it is not verified either.
				delete(spec.Programs, parts[0])
				spec.Maps[parts[1]].Contents = nil
			}
			continue
		}
		delete(spec.Programs, name)
		for _, part := range parts {
			delete(spec.Programs, part)
			delete(spec.Maps, part)
		}
	}
	return nil
}

// setSizes gives the maps the sizes of docs/profile-internals.md, section 2.
func setSizes(spec *ebpf.CollectionSpec, o Options) error {
	scale := max(o.MapScale, 1)
	if scale > maxMapScale {
		return fmt.Errorf("map scale %d: at most %d", scale, maxMapScale)
	}
	cpus := o.PossibleCPUs
	if cpus == 0 {
		n, err := ebpf.PossibleCPU()
		if err != nil {
			return err
		}
		cpus = n
	}
	for _, name := range []string{"processes", "mappings", "page_dir"} {
		spec.Maps[name].MaxEntries *= scale
	}
	for _, name := range byCPU {
		if m := spec.Maps[name]; m != nil {
			m.MaxEntries *= uint32(cpus)
		}
	}
	ring := spec.Maps["events"]
	if o.RingBytes != 0 {
		ring.MaxEntries = o.RingBytes
		return nil
	}
	ring.MaxEntries *= scale
	for ring.MaxEntries < uint32(cpus)*minRingBytesByCPU {
		ring.MaxEntries *= 2
	}
	return nil
}

// setConstants fills .rodata. Returns whether probes read their number from an attach cookie.
func setConstants(spec *ebpf.CollectionSpec, v Variant, o Options) (bool, error) {
	cookies := v == Loop && features.HaveProgramHelper(ebpf.Kprobe, asm.FnGetAttachCookie) == nil
	values := map[string]any{
		"use_attach_cookie":  boolByte(cookies),
		"probe_number":       o.Probe,
		"dispatch_unwinders": boolByte(o.Interpreters),
		"has_task_registers": boolByte(features.HaveProgramHelper(ebpf.PerfEvent, asm.FnTaskPtRegs) == nil),
	}
	if v == Calls && runtime.GOARCH == "arm64" && os.Getpagesize() > 16384 {
		values["kernel_stack_bytes"] = uint32(os.Getpagesize())
	}
	for name, value := range values {
		variable := spec.Variables[name]
		if variable == nil {
			continue
		}
		if err := variable.Set(value); err != nil {
			return false, fmt.Errorf("constant %s: %w", name, err)
		}
	}
	return cookies, nil
}

func boolByte(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

// sharedMaps returns the maps that several loaded instances may have in common.
func sharedMaps(spec *ebpf.CollectionSpec, from *Loaded) map[string]*ebpf.Map {
	shared := map[string]*ebpf.Map{}
	if from == nil {
		return shared
	}
	for name, m := range from.Collection.Maps {
		// Constants differ between instances; so do the unwinders, which read them.
		if spec.Maps[name] == nil || m.Type() == ebpf.ProgramArray || name == ".rodata" {
			continue
		}
		shared[name] = m
	}
	return shared
}
