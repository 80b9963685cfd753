// SPDX-License-Identifier: Apache-2.0

// Package wire reads and writes the frames on the pipe (docs/profile-internals.md §4).
package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"otelkit/bpf-helper/internal/limits"
)

// Kinds of frames.
const (
	Request      = 0x01
	Table        = 0x02
	Processes    = 0x10
	NewFiles     = 0x11
	NewTraces    = 0x12
	Samples      = 0x13
	RawCopies    = 0x14
	Statistics   = 0x15
	Log          = 0x16
	Names        = 0x17
	GoSpans      = 0x20
	Reply        = 0x81
	headerBytes  = 5 // kind and request number, which the length counts
	inputBuffer  = 64 << 10
	pipeProtocol = 1
)

// ProtocolVersion changes with the meaning of a frame that exists.
const ProtocolVersion = pipeProtocol

// ErrBadFrame is damage after which the stream cannot be followed.
var ErrBadFrame = errors.New("malformed frame")

// Frame is one message; Payload is valid until the next one is read.
type Frame struct {
	Kind      uint8
	RequestID uint32
	Payload   []byte
}

// Reader takes frames from a stream. Large payloads live outside the heap and go with the frame.
type Reader struct {
	in    *bufio.Reader
	small []byte
	large offHeap
}

// NewReader reads from in.
func NewReader(in io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(in, inputBuffer)}
}

// Buffered tells whether more input is there already.
func (r *Reader) Buffered() bool { return r.in.Buffered() > 0 }

// Next returns io.EOF at a clean end and ErrBadFrame (wrapped) at anything else that is no frame.
func (r *Reader) Next() (Frame, error) {
	r.large.release()
	var head [4 + headerBytes]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return Frame{}, fmt.Errorf("%w: the stream ends within a header", ErrBadFrame)
		}
		return Frame{}, err
	}
	length := binary.LittleEndian.Uint32(head[:])
	if length < headerBytes || length > limits.FrameBytes {
		return Frame{}, fmt.Errorf("%w: length %d, expected %d to %d", ErrBadFrame, length,
			headerBytes, limits.FrameBytes)
	}
	frame := Frame{Kind: head[4], RequestID: binary.LittleEndian.Uint32(head[5:])}
	payload := int(length) - headerBytes
	if frame.Kind == Request && payload > limits.RequestBytes {
		return Frame{}, fmt.Errorf("%w: a request of %d bytes, the limit is %d", ErrBadFrame, payload,
			limits.RequestBytes)
	}
	buffer, err := r.buffer(payload)
	if err != nil {
		return Frame{}, err
	}
	if _, err := io.ReadFull(r.in, buffer); err != nil {
		return Frame{}, fmt.Errorf("%w: the stream ends within a payload of %d bytes", ErrBadFrame,
			payload)
	}
	frame.Payload = buffer
	return frame, nil
}

func (r *Reader) buffer(size int) ([]byte, error) {
	if size > inputBuffer {
		return r.large.take(size)
	}
	if cap(r.small) < size {
		r.small = make([]byte, inputBuffer)
	}
	return r.small[:size], nil
}

// Begin appends the header of a frame to out, to be completed by End.
func Begin(out []byte, kind uint8, requestID uint32) []byte {
	out = append(out, 0, 0, 0, 0, kind)
	return binary.LittleEndian.AppendUint32(out, requestID)
}

// End writes the length of the frame that begins at start.
func End(out []byte, start int) []byte {
	binary.LittleEndian.PutUint32(out[start:], uint32(len(out)-start-4))
	return out
}
