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
