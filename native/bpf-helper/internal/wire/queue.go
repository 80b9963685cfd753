// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"io"
	"slices"
	"sync"

	"otelkit/bpf-helper/internal/limits"
)

// Queue holds what waits to be written. It never blocks whoever adds to it: when the reader is slow
// the oldest samples go, which are counted, and nothing else does.
type Queue struct {
	mutex  sync.Mutex
	wake   *sync.Cond
	items  []item
	first  int
	bytes  int
	busy   bool
	held   bool
	closed bool
	broken bool
	spare  [][]byte

	droppedSamples uint64
	droppedRaw     uint64
	droppedSpans   uint64
}

type item struct {
	frame   []byte
	kind    uint8
	samples uint32
}

const (
	writeBytes = 256 << 10
	// wholeBytes is from where on a frame is written as it is, instead of being copied beside others.
	wholeBytes = 16 << 10
	maxSpare   = 4
)

// NewQueue makes an empty queue; Run writes what it is given.
func NewQueue() *Queue {
	q := &Queue{}
	q.wake = sync.NewCond(&q.mutex)
	return q
}

// Add takes a whole frame (by Begin and End), of which the queue becomes the owner. samples is how
// many samples or raw copies go with it when it has to be dropped.
func (q *Queue) Add(frame []byte, kind uint8, samples uint32) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if q.closed || q.broken {
		return
	}
	q.items = append(q.items, item{frame, kind, samples})
	q.bytes += len(frame)
	if q.bytes > limits.QueueBytes {
		q.dropOldest()
	}
	if !q.waits() {
		q.wake.Broadcast()
	}
}

// Hold lets frames wait for Release, or until they fill a write: each write wakes the reader, which
// costs more than a small frame.
func (q *Queue) Hold() {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.held = true
}

// Release writes what waited.
func (q *Queue) Release() {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.held = false
	if q.first < len(q.items) {
		q.wake.Broadcast()
	}
}

// waits tells that nothing is to be written now.
func (q *Queue) waits() bool {
	if q.first == len(q.items) {
		return true
	}
	return q.held && !q.closed && q.bytes < writeBytes
}

func (q *Queue) dropOldest() {
	kept := q.items[:q.first]
	for _, it := range q.items[q.first:] {
		droppable := it.kind == Samples || it.kind == RawCopies || it.kind == GoSpans
		if !droppable || q.bytes <= limits.QueueBytes {
			kept = append(kept, it)
			continue
		}
		q.bytes -= len(it.frame)
		switch it.kind {
		case Samples:
			q.droppedSamples += uint64(it.samples)
		case RawCopies:
			q.droppedRaw += uint64(it.samples)
		default:
			q.droppedSpans += uint64(it.samples)
		}
	}
	clear(q.items[len(kept):])
	q.items = kept
}

// Full tells that even without samples there is too much: nothing more should be taken out of the
// kernel for now.
func (q *Queue) Full() bool {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return q.bytes > limits.QueueBytes
}

// Overrun tells that nobody reads any more.
func (q *Queue) Overrun() bool {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return q.bytes > limits.QueueHardBytes
}

// Dropped returns how many samples and raw copies were dropped.
func (q *Queue) Dropped() (samples, raw uint64) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return q.droppedSamples, q.droppedRaw
}

// DroppedSpans returns how many spans were dropped.
func (q *Queue) DroppedSpans() uint64 {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return q.droppedSpans
}

// Buffer returns memory for a frame of that many bytes, of one that was written where there is one.
func (q *Queue) Buffer(size int) []byte {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	for i, b := range q.spare {
		if cap(b) >= size {
			q.spare = slices.Delete(q.spare, i, i+1)
			return b[:0]
		}
	}
	return make([]byte, 0, size)
}

// Run writes until Close and an empty queue, or a failed write, after which all is discarded.
func (q *Queue) Run(out io.Writer) error {
	buffer := make([]byte, 0, writeBytes)
	for {
		filled, isWhole, done := q.next(buffer[:0])
		if done {
			return nil
		}
		if _, err := out.Write(filled); err != nil {
			q.fail()
			return err
		}
		if isWhole {
			q.keep(filled)
		}
	}
}

// keep lets a frame's memory be used again, unless it is more than what comes all the time.
func (q *Queue) keep(frame []byte) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if cap(frame) <= writeBytes && len(q.spare) < maxSpare {
		q.spare = append(q.spare, frame)
	}
}

// next joins small frames to one write, and gives a large one as it is.
func (q *Queue) next(buffer []byte) (filled []byte, isWhole, done bool) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.busy = false
	q.wake.Broadcast()
	for q.waits() {
		if q.closed {
			return buffer, false, true
		}
		q.wake.Wait()
	}
	for q.first < len(q.items) && !isWhole {
		frame := q.items[q.first].frame
		isLarge := len(frame) >= wholeBytes
		if len(buffer) > 0 && (isLarge || len(buffer)+len(frame) > writeBytes) {
			break
		}
		if isLarge {
			buffer, isWhole = frame, true
		} else {
			buffer = append(buffer, frame...)
		}
		q.bytes -= len(frame)
		q.items[q.first] = item{}
		q.first++
	}
	if q.first == len(q.items) {
		q.items, q.first = q.items[:0], 0
	}
	q.busy = true
	return buffer, isWhole, false
}

func (q *Queue) fail() {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.broken, q.busy = true, false
	q.items, q.first, q.bytes = nil, 0, 0
	q.wake.Broadcast()
}

// Close lets Run end once everything is written, and waits for that.
func (q *Queue) Close() {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.closed = true
	q.wake.Broadcast()
	for !q.broken && (q.busy || q.first < len(q.items)) {
		q.wake.Wait()
	}
}
