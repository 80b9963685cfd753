// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"otelkit/bpf-helper/internal/limits"
)

func frameOf(kind uint8, id uint32, payload []byte) []byte {
	return End(append(Begin(nil, kind, id), payload...), 0)
}

func TestFramesComeOutAsTheyWentIn(t *testing.T) {
	large := bytes.Repeat([]byte{7}, 3*inputBuffer)
	stream := append(frameOf(Request, 1, []byte("{}")), frameOf(Table, 2, large)...)
	stream = append(stream, frameOf(Request, 3, nil)...)
	r := NewReader(bytes.NewReader(stream))
	for i, want := range [][]byte{[]byte("{}"), large, nil} {
		frame, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if frame.RequestID != uint32(i+1) || !bytes.Equal(frame.Payload, want) {
			t.Errorf("frame %d: request %d, %d bytes", i, frame.RequestID, len(frame.Payload))
		}
	}
	if _, err := r.Next(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestDamagedStreamsEndWithAnError(t *testing.T) {
	whole := frameOf(Request, 1, []byte("{}"))
	tooLong := frameOf(Request, 1, nil)
	tooLong[3] = 0xff
	longRequest := End(Begin(nil, Request, 1), 0)
	longRequest[0], longRequest[1], longRequest[2], longRequest[3] = 0, 0, 0, 3
	for name, stream := range map[string][]byte{
		"a header cut":    whole[:7],
		"a payload cut":   whole[:len(whole)-1],
		"a short length":  {4, 0, 0, 0, 1, 1, 0, 0, 0},
		"a long length":   tooLong,
		"a long request":  longRequest,
		"a negative size": {0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0},
	} {
		if _, err := NewReader(bytes.NewReader(stream)).Next(); !errors.Is(err, ErrBadFrame) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add(frameOf(Request, 1, []byte("{}")))
	f.Add(frameOf(Table, 1, bytes.Repeat([]byte{1}, 100)))
	f.Fuzz(func(t *testing.T, stream []byte) {
		r := NewReader(bytes.NewReader(stream))
		taken := 0
		for {
			frame, err := r.Next()
			if err != nil {
				return
			}
			taken += len(frame.Payload) + 9
			if taken > len(stream) || len(frame.Payload) > limits.FrameBytes {
				t.Fatalf("%d bytes out of %d", taken, len(stream))
			}
		}
	})
}
