// SPDX-License-Identifier: Apache-2.0

package session

import (
	"sync"

	"otelkit/bpf-helper/internal/gopropagate"
	"otelkit/bpf-helper/internal/gotrace"
)

// propagation is what writes headers, where it was wanted; docs/go-propagation.md.
type propagation struct {
	mutex sync.Mutex
	// loaded is closed when propagator and failure are what they will be.
	loaded      chan struct{}
	propagator  *gopropagate.Propagator
	attachments map[int]*gopropagate.Attachment
	failure     error
}

// openPropagation never fails: without it there are spans all the same. It is loaded in the
// background, so that the first spans need not wait.
func openPropagation(t *gotrace.Tracer, wanted *bool) *propagation {
	p := &propagation{
		loaded: make(chan struct{}), attachments: map[int]*gopropagate.Attachment{},
	}
	if wanted != nil && !*wanted {
		close(p.loaded)
		return p
	}
	go func() {
		defer close(p.loaded)
		p.propagator, p.failure = gopropagate.Open(gopropagate.Options{
			Active: t.Active(), States: t.TraceStates(),
		})
	}()
	return p
}

// there waits until it is loaded, and tells whether there is anything.
func (p *propagation) there() bool {
	<-p.loaded
	return p.propagator != nil
}

// expected is features before it is loaded: what small programs of the same kinds tell.
func (p *propagation) expected() reply {
	select {
	case <-p.loaded:
		return p.features()
	default:
		way, why := gopropagate.Expect()
		return reply{"mechanism": way, "why": why}
	}
}

// features tells how headers are written, and of each way that cannot be used why.
func (p *propagation) features() reply {
	out := reply{"mechanism": gopropagate.None}
	if p.there() {
		out["mechanism"], out["why"] = p.propagator.Mechanism(), p.propagator.Why()
	}
	if p.failure != nil {
		out["error"] = p.failure.Error()
	}
	return out
}

// attach is goAttach's part: which libraries send headers, and why others do not.
func (p *propagation) attach(r *gotrace.AttachRequest) ([]string, []gotrace.Problem) {
	if !p.there() {
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
	if !p.there() {
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
	<-p.loaded
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if attachment := p.attachments[config]; attachment != nil {
		_ = attachment.Close()
		delete(p.attachments, config)
	}
}

func (p *propagation) close() {
	if !p.there() {
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
	if p.there() {
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
