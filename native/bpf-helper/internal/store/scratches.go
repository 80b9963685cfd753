// SPDX-License-Identifier: Apache-2.0

package store

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/cilium/ebpf"

	"otelkit/bpf-helper/internal/kernelmap"
)

// Scratches are the mapped beginnings of the programs' scratches: each has the configuration, and
// counters of its own.
type Scratches struct {
	mutex  sync.Mutex
	maps   []strided[kernelmap.Scratch]
	config kernelmap.Config
}

// OpenScratches maps those that are loaded; nil stands for one that is not.
func OpenScratches(maps ...*ebpf.Map) (*Scratches, error) {
	s := &Scratches{}
	s.config.Epoch = 1
	for _, m := range maps {
		if m == nil {
			continue
		}
		w, err := openStrided[kernelmap.Scratch](m.FD(), int(m.ValueSize()), int(m.MaxEntries()))
		if err != nil {
			s.Close()
			return nil, err
		}
		s.maps = append(s.maps, w)
	}
	return s, nil
}

// Set makes a configuration count from the next record on. Its epoch, and where spans are looked for,
// are kept.
func (s *Scratches) Set(config kernelmap.Config) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	config.Epoch = s.config.Epoch
	config.ThreadContexts, config.SpanMaps = s.config.ThreadContexts, s.config.SpanMaps
	s.config = config
	s.each(func(scratch *kernelmap.Scratch) { scratch.Config = config })
}

// ProcessesChanged makes the programs look processes up anew, after each change of `processes`.
func (s *Scratches) ProcessesChanged() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.config.Epoch = max(s.config.Epoch+1, 1)
	epoch := s.config.Epoch
	s.each(func(scratch *kernelmap.Scratch) { atomic.StoreUint32(&scratch.Config.Epoch, epoch) })
}

// SetThreadContexts tells the programs how many processes publish contexts.
func (s *Scratches) SetThreadContexts(count uint32) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.config.ThreadContexts = count
	s.each(func(scratch *kernelmap.Scratch) { atomic.StoreUint32(&scratch.Config.ThreadContexts, count) })
}

// SetSpanMaps tells the programs which slots of `span_maps` are taken.
func (s *Scratches) SetSpanMaps(slots uint32) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.config.SpanMaps = slots
	s.each(func(scratch *kernelmap.Scratch) { atomic.StoreUint32(&scratch.Config.SpanMaps, slots) })
}

// Counters adds all of them up, by name.
func (s *Scratches) Counters() map[string]uint64 {
	sums := make(map[string]uint64, len(kernelmap.Counters))
	for i, name := range kernelmap.Counters {
		sum := uint64(0)
		s.each(func(scratch *kernelmap.Scratch) { sum += atomic.LoadUint64(&scratch.Counters[i]) })
		sums[name] = sum
	}
	return sums
}

func (s *Scratches) each(do func(*kernelmap.Scratch)) {
	for _, m := range s.maps {
		for i := range m.count {
			do(m.at(i))
		}
	}
}

// Close unmaps them.
func (s *Scratches) Close() {
	for _, m := range s.maps {
		m.close()
	}
	s.maps = nil
}

// strided is a mapped array of which the beginning of each entry is a T.
type strided[T any] struct {
	window[byte]
	stride, count int
}

func openStrided[T any](fd, stride, count int) (strided[T], error) {
	w, err := openWindow[byte](fd, 0, stride*count)
	return strided[T]{w, stride, count}, err
}

func (s strided[T]) at(i int) *T { return (*T)(unsafe.Pointer(&s.Entries[i*s.stride])) }
