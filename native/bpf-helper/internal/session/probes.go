// SPDX-License-Identifier: Apache-2.0

package session

import (
	"slices"
	"strconv"
	"strings"

	"otelkit/bpf-helper/internal/perfevent"
	"otelkit/bpf-helper/internal/profilebpf"
)

// probeSpec is one of `probes`: `uprobe:PATH:FILEOFFSET`, `uretprobe:PATH:FILEOFFSET` or
// `tracepoint:CATEGORY:NAME`. Symbols are resolved by whoever asks.
type probeSpec struct {
	program    string
	path       string
	fileOffset uint64
	atReturn   bool
	category   string
	name       string
}

func parseProbe(text string) (probeSpec, error) {
	kind, rest, _ := strings.Cut(text, ":")
	at := strings.LastIndexByte(rest, ':')
	if at <= 0 {
		return probeSpec{}, badProbe(text)
	}
	first, second := rest[:at], rest[at+1:]
	switch kind {
	case "uprobe", "uretprobe":
		offset, err := strconv.ParseUint(second, 0, 63)
		if err != nil || first[0] != '/' || strings.ContainsRune(first, 0) {
			return probeSpec{}, badProbe(text)
		}
		return probeSpec{
			program: profilebpf.ProbeUprobe, path: first, fileOffset: offset,
			atReturn: kind == "uretprobe",
		}, nil
	case "tracepoint":
		return probeSpec{program: profilebpf.ProbeTracepoint, category: first, name: second}, nil
	}
	return probeSpec{}, badProbe(text)
}

func badProbe(text string) error {
	return badRequest("probe %q, expected uprobe:/PATH:FILEOFFSET, uretprobe:/PATH:FILEOFFSET or "+
		"tracepoint:CATEGORY:NAME", text)
}

// programs names the BPF programs that the options need.
func (o *startOptions) programs() ([]string, error) {
	names := []string{profilebpf.Sample}
	if o.OffCPUProbability > 0 {
		names = append(names, profilebpf.SchedSwitch)
	}
	for _, text := range o.Probes {
		spec, err := parseProbe(text)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(names, spec.program) {
			names = append(names, spec.program)
		}
	}
	return names, nil
}

// attachedProbe keeps what one probe needs.
type attachedProbe struct {
	probe *perfevent.Probe
	own   *profilebpf.Loaded // its own instance of the program, where there are no cookies
}

func (a *attachedProbe) close() {
	a.probe.Close()
	if a.own != nil {
		a.own.Close()
	}
}

func (p *profile) attachProbe(number uint8, text string) (*attachedProbe, error) {
	spec, err := parseProbe(text)
	if err != nil {
		return nil, err
	}
	loaded, own := p.loaded, (*profilebpf.Loaded)(nil)
	var cookie *uint64
	switch {
	case loaded.AttachCookies:
		value := uint64(number)
		cookie = &value
	case number > 0:
		own, err = profilebpf.Load(profilebpf.Options{
			Variants: []profilebpf.Variant{loaded.Variant}, MapScale: uint32(p.options.MapScale),
			RingBytes: uint32(p.options.RingBytes), Programs: []string{spec.program},
			Probe: number, Share: loaded,
		})
		if err != nil {
			return nil, err
		}
		loaded = own
	}
	attached, err := spec.open(loaded.Program(spec.program).FD(), cookie)
	if err != nil {
		if own != nil {
			own.Close()
		}
		return nil, err
	}
	return &attachedProbe{attached, own}, nil
}

func (s *probeSpec) open(program int, cookie *uint64) (*perfevent.Probe, error) {
	if s.program == profilebpf.ProbeUprobe {
		return perfevent.OpenUprobe(s.path, s.fileOffset, s.atReturn, program, cookie)
	}
	id, err := perfevent.TracepointID(s.category, s.name)
	if err != nil {
		return nil, err
	}
	return perfevent.OpenTracepoint(id, program, cookie)
}
