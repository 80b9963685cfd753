// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"otelkit/bpf-helper/internal/limits"
)

const bigFrame = 1 << 20

func TestOnlySamplesAreDroppedAndTheOldestFirst(t *testing.T) {
	q := NewQueue()
	names := frameOf(Names, 0, []byte("kept"))
	q.Add(names, Names, 0)
	for i := range 12 {
		payload := make([]byte, bigFrame)
		payload[0] = byte(i)
		q.Add(frameOf(Samples, 0, payload), Samples, 100)
		q.Add(frameOf(NewTraces, 0, []byte{byte(i)}), NewTraces, 0)
	}
	samples, raw := q.Dropped()
	if samples == 0 || samples%100 != 0 || raw != 0 {
		t.Errorf("%d samples and %d raw copies were dropped", samples, raw)
	}
	var out bytes.Buffer
	go q.Close()
	if err := q.Run(&out); err != nil {
		t.Fatal(err)
	}
	kinds := map[uint8]int{}
	firstSample := -1
	r := NewReader(&out)
	for {
		frame, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kinds[frame.Kind]++
		if frame.Kind == Samples && firstSample < 0 {
			firstSample = int(frame.Payload[0])
		}
	}
	dropped := int(samples / 100)
	if kinds[Names] != 1 || kinds[NewTraces] != 12 || kinds[Samples] != 12-dropped {
		t.Errorf("came out: %v", kinds)
	}
	if firstSample != dropped {
		t.Errorf("the oldest sample kept is %d, %d were dropped", firstSample, dropped)
	}
}

func TestWhatMustNotBeDroppedMakesTheQueueFull(t *testing.T) {
	q := NewQueue()
	for range limits.QueueBytes/bigFrame + 1 {
		q.Add(frameOf(NewTraces, 0, make([]byte, bigFrame)), NewTraces, 0)
	}
	if !q.Full() || q.Overrun() {
		t.Errorf("full %v, overrun %v", q.Full(), q.Overrun())
	}
	for range limits.QueueHardBytes / bigFrame {
		q.Add(frameOf(Processes, 0, make([]byte, bigFrame)), Processes, 0)
	}
	if !q.Overrun() {
		t.Error("nobody reads, and that is not said")
	}
}

// writes counts the calls of Write.
type writes struct{ sizes []int }

func (w *writes) Write(b []byte) (int, error) {
	w.sizes = append(w.sizes, len(b))
	return len(b), nil
}

func TestHeldFramesAreWrittenTogether(t *testing.T) {
	q := NewQueue()
	var out writes
	ended := make(chan error, 1)
	q.Hold()
	go func() { ended <- q.Run(&out) }()
	for id := range uint32(5) {
		q.Add(frameOf(Reply, id, nil), Reply, 0)
	}
	q.Release()
	q.Close()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if len(out.sizes) != 1 {
		t.Errorf("writes of %v bytes", out.sizes)
	}
}

func TestClosingWritesWhatIsHeld(t *testing.T) {
	q := NewQueue()
	q.Hold()
	q.Add(frameOf(Reply, 1, nil), Reply, 0)
	var out writes
	ended := make(chan error, 1)
	go func() { ended <- q.Run(&out) }()
	q.Close()
	if err := <-ended; err != nil || len(out.sizes) != 1 {
		t.Errorf("%v, writes of %v bytes", err, out.sizes)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestABrokenPipeEndsWritingAndTakesNoMore(t *testing.T) {
	q := NewQueue()
	q.Add(frameOf(Reply, 1, nil), Reply, 0)
	if q.Run(brokenPipe{}) == nil {
		t.Error("no error")
	}
	q.Add(frameOf(Reply, 1, nil), Reply, 0)
	q.Close()
}
