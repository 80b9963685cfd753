// SPDX-License-Identifier: Apache-2.0

package session

import (
	"sync"

	"otelkit/bpf-helper/internal/gopropagate"
	"otelkit/bpf-helper/internal/gotrace"
)

// propagation is what writes headers, where it was wanted; docs/go-propagation.md.
type propagation struct {
	mutex       sync.Mutex
	propagator  *gopropagate.Propagator
	attachments map[int]*gopropagate.Attachment
	failure     error
}

// openPropagation never fails: without it there are spans all the same.
func openPropagation(t *gotrace.Tracer, wanted *bool) *propagation {
	p := &propagation{attachments: map[int]*gopropagate.Attachment{}}
	if wanted == nil || *wanted {
		p.propagator, p.failure = gopropagate.Open(gopropagate.Options{
			Active: t.Active(), States: t.TraceStates(),
		})
	}
	return p
}

// features tells how headers are written, and of each way that cannot be used why.
func (p *propagation) features() reply {
	out := reply{"mechanism": gopropagate.None}
	if p.propagator != nil {
		out["mechanism"], out["why"] = p.propagator.Mechanism(), p.propagator.Why()
	}
	if p.failure != nil {
		out["error"] = p.failure.Error()
	}
	return out
}

// attach is goAttach's part: which libraries send headers, and why others do not.
func (p *propagation) attach(r *gotrace.AttachRequest) ([]string, []gotrace.Problem) {
	if p.propagator == nil {
		return []string{}, nil
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	attachment, problems, err := p.propagator.Attach(gopropagate.Target{
		Path: r.Path, Functions: r.Functions, Offsets: r.Offsets, EveryProcess: r.PIDs == nil,
	})
	if err != nil {
		return []string{}, append(problems, gotrace.Problem{
			Library: "propagation", Code: "ATTACH", Message: err.Error(),
		})
	}
	p.attachments[r.Config] = attachment
	if r.PIDs != nil {
		problems = append(problems, p.add(*r.PIDs)...)
	}
	return append([]string{}, attachment.Libraries...), problems
}

func (p *propagation) add(pids []uint32) (problems []gotrace.Problem) {
	for _, pid := range pids {
		if _, err := p.propagator.AddProcess(int(pid)); err != nil {
			problems = append(problems, gotrace.Problem{
				Library: "propagation", Code: "ATTACH", Message: err.Error(),
			})
		}
	}
	return problems
}

// targets is goTargets' part.
func (p *propagation) targets(add, remove []uint32) {
	if p.propagator == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.add(add)
	for _, pid := range remove {
		p.propagator.RemoveProcess(int(pid))
	}
}

func (p *propagation) detach(config int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if attachment := p.attachments[config]; attachment != nil {
		_ = attachment.Close()
		delete(p.attachments, config)
	}
}

func (p *propagation) close() {
	if p.propagator == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var closing sync.WaitGroup
	for _, attachment := range p.attachments {
		closing.Go(func() { _ = attachment.Close() })
	}
	closing.Wait()
	clear(p.attachments)
	_ = p.propagator.Close()
}

func (p *propagation) statistics() reply {
	out := p.features()
	if p.propagator != nil {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		out["counters"] = p.propagator.Counters()
	}
	return out
}

// propagationLibrary asks for what propagation looks at. It makes no spans; all of it is optional, for
// every program has some of it only.
func propagationLibrary() gotrace.Library {
	l := gotrace.Library{Name: "propagation", Module: "std", Functions: []gotrace.Function{}}
	for _, name := range gopropagate.Functions() {
		l.Functions = append(l.Functions,
			gotrace.Function{Name: name, Role: "propagate", Optional: true})
	}
	for _, name := range gopropagate.Fields() {
		l.Fields = append(l.Fields, gotrace.Field{Name: name, Optional: true})
	}
	return l
}
