// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"otelkit/bpf-helper/internal/gotrace"
)

const (
	absent = 0xffff
	// PF_EVERY_PROCESS, PF_BUFFER_BY_POINTER.
	everyProcess, bufferByPointer = 1, 2
)

// config is struct propagate_config.
type config struct {
	Offsets [maxFields]uint16
	Flags   uint32
}

// Target is one executable.
type Target struct {
	// Path as the kernel opens it.
	Path      string
	Functions []gotrace.Place
	// Offsets by names as `net/http.Request.Header`.
	Offsets map[string]uint16
	// EveryProcess that runs it is wanted, not only those of AddProcess.
	EveryProcess bool
}

// Attachment is what is attached to one executable.
type Attachment struct {
	// Libraries that are propagated.
	Libraries  []string
	propagator *Propagator
	executable executableKey
	configs    []uint32
	closers    []io.Closer
}

// Attach attaches every library that the executable has. Problems tell of those that do not fit.
func (p *Propagator) Attach(t Target) (*Attachment, []gotrace.Problem, error) {
	a := &Attachment{propagator: p}
	if p.collection == nil {
		return a, nil, nil
	}
	code, err := gotrace.OpenCode(t.Path, t.Functions)
	if err != nil {
		return nil, nil, err
	}
	defer code.Close()
	var problems []gotrace.Problem
	for i := range libraries {
		l := &libraries[i]
		if !l.present(code, p.mechanism) {
			continue
		}
		if problem := a.attach(l, t, code); problem != nil {
			problems = append(problems, *problem)
			continue
		}
		a.Libraries = append(a.Libraries, l.name)
	}
	if t.EveryProcess && len(a.Libraries) > 0 {
		if err := a.everyProcess(t.Path); err != nil {
			a.Close()
			return nil, nil, err
		}
	}
	return a, problems, nil
}

// present returns the first of the alternatives that is there.
func (p *probe) present(code *gotrace.Code) string {
	for _, name := range p.functions {
		if code.Has(name) {
			return name
		}
	}
	return ""
}

// present tells whether an executable has a library: what is called at first, and what writes.
func (l *library) present(code *gotrace.Code, way Mechanism) bool {
	for _, link := range l.links {
		if link.present(code) == "" {
			return false
		}
	}
	return l.probes[way][0].present(code) != ""
}

func (a *Attachment) attach(l *library, t Target, code *gotrace.Code) *gotrace.Problem {
	problem := func(kind, function, field string, err error) *gotrace.Problem {
		return &gotrace.Problem{
			Library: "propagation of " + l.name, Function: function, Field: field, Code: kind,
			Message: err.Error(),
		}
	}
	config, missing := l.layout(t.Offsets)
	if missing != "" {
		return problem("NO_FIELD", "", missing, errors.New("its offset is not known"))
	}
	if t.EveryProcess {
		config.Flags |= everyProcess
	}
	number, err := a.propagator.takeConfig(config)
	if err != nil {
		return problem("UNSUPPORTED", "", "", err)
	}
	var closers []io.Closer
	undo := func() {
		_ = closeAll(closers)
		a.propagator.freeConfig(number)
	}
	for _, probe := range append(append([]probe{}, l.links...), l.probes[a.propagator.mechanism]...) {
		name := probe.present(code)
		at, isCheck, err := probe.place(code)
		if err != nil {
			undo()
			return problem("NO_SITE", name, "", err)
		}
		program := a.propagator.collection.Programs[probe.program]
		cookie := uint64(number)
		if isCheck {
			cookie |= atStackCheck
		}
		c, err := gotrace.LinkUprobe(program, t.Path, at, cookie, a.propagator.multi)
		if err != nil {
			undo()
			return problem("ATTACH", name, "", err)
		}
		closers = append(closers, c)
	}
	a.closers = append(a.closers, closers...)
	a.configs = append(a.configs, number)
	return nil
}

// atStackCheck is the bit of a cookie that bpf/go/propagate_go.h knows.
const atStackCheck = 1 << 32

// place chooses the file offset of a probe.
func (p *probe) place(code *gotrace.Code) (at uint64, isCheck bool, err error) {
	function := p.present(code)
	if function == "" {
		return 0, false, fmt.Errorf("no function %s", p.functions[0])
	}
	if len(p.callees) == 0 {
		return code.Entry(function)
	}
	at, err = code.Call(function, p.callees[0])
	return at, false, err
}

// layout fills a config; missing names a field that is not known.
func (l *library) layout(offsets map[string]uint16) (out config, missing string) {
	config := &out.Offsets
	for number := range config {
		config[number] = absent
	}
	for number, names := range l.fields {
		for _, name := range names {
			if offset, there := offsets[name]; there && config[number] == absent {
				config[number] = offset
				if name == bufHandle {
					out.Flags |= bufferByPointer
				}
			}
		}
		if config[number] == absent && (missing == "" || names[0] < missing) {
			missing = names[0]
		}
	}
	return out, missing
}

func (p *Propagator) takeConfig(config config) (uint32, error) {
	for number, used := range p.configs {
		if used {
			continue
		}
		if err := p.collection.Maps["propagate_configs"].Put(uint32(number), config); err != nil {
			return 0, err
		}
		p.configs[number] = true
		return uint32(number), nil
	}
	return 0, fmt.Errorf("more than %d libraries of executables", len(p.configs))
}

func (p *Propagator) freeConfig(number uint32) { p.configs[number] = false }

// Close detaches from the executable.
func (a *Attachment) Close() error {
	err := closeAll(a.closers)
	for _, number := range a.configs {
		a.propagator.freeConfig(number)
	}
	a.closers, a.configs = nil, nil
	if a.executable != (executableKey{}) && a.propagator.collection != nil {
		_ = a.propagator.collection.Maps["propagate_executables"].Delete(a.executable)
		a.executable = executableKey{}
	}
	return err
}

// closeAll closes all at once: the kernel waits for a grace period in each.
func closeAll(closers []io.Closer) error {
	errs := make([]error, len(closers))
	var closing sync.WaitGroup
	for i, c := range closers {
		closing.Go(func() { errs[i] = c.Close() })
	}
	closing.Wait()
	return errors.Join(errs...)
}
