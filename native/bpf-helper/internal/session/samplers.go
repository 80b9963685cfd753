// SPDX-License-Identifier: Apache-2.0

package session

import (
	"fmt"
	"slices"
	"sync"

	"otelkit/bpf-helper/internal/limits"
	"otelkit/bpf-helper/internal/perfevent"
)

// samplers is one sampling event for each CPU that is online.
type samplers struct {
	mutex   sync.Mutex
	options perfevent.SamplerOptions
	pinned  []int
	byCPU   map[int]*perfevent.Sampler
	paused  bool
}

func newSamplers(o *startOptions, program int) *samplers {
	return &samplers{
		options: perfevent.SamplerOptions{
			Cycles: o.Event == "cycles", Hz: o.Hz, Period: o.Period, SkipIdle: !o.Idle, Program: program,
		},
		pinned: o.PinCPUs, byCPU: map[int]*perfevent.Sampler{},
	}
}

// follow opens and closes events so that they are those of online. The first error ends it at the
// start, when there is none yet; later CPUs are tried again.
func (s *samplers) follow(online []int) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for cpu, sampler := range s.byCPU {
		if !slices.Contains(online, cpu) || !s.paused && !sampler.Runs() {
			sampler.Close()
			delete(s.byCPU, cpu)
		}
	}
	var first error
	for _, cpu := range online {
		if s.byCPU[cpu] != nil || len(s.pinned) > 0 && !slices.Contains(s.pinned, cpu) {
			continue
		}
		options := s.options
		options.Disabled = s.paused
		sampler, err := perfevent.OpenSampler(cpu, options)
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		s.byCPU[cpu] = sampler
	}
	if len(s.byCPU) == 0 && first == nil {
		return badRequest("none of the CPUs %v is online", s.pinned)
	}
	return first
}

func (s *samplers) count() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.byCPU)
}

func (s *samplers) setRate(hz int) error {
	if hz < 1 || hz > limits.Hz {
		return badRequest("hz %d, expected 1 to %d", hz, limits.Hz)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.options.Hz, s.options.Period = hz, 0
	if s.options.Cycles {
		// A frequency cannot be set on an event that counts by period, and the other way round.
		return s.reopen()
	}
	for _, sampler := range s.byCPU {
		if err := sampler.SetPeriod(1_000_000_000 / uint64(hz)); err != nil {
			return err
		}
	}
	return nil
}

func (s *samplers) reopen() error {
	options := s.options
	options.Disabled = s.paused
	for cpu, old := range s.byCPU {
		sampler, err := perfevent.OpenSampler(cpu, options)
		if err != nil {
			return err
		}
		old.Close()
		s.byCPU[cpu] = sampler
	}
	return nil
}

func (s *samplers) pause(paused bool) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.paused = paused
	for _, sampler := range s.byCPU {
		if err := sampler.Enable(!paused); err != nil {
			return fmt.Errorf("pausing: %w", err)
		}
	}
	return nil
}

func (s *samplers) close() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, sampler := range s.byCPU {
		sampler.Close()
	}
	clear(s.byCPU)
}
