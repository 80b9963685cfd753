// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"encoding/binary"
	"math/rand/v2"
)

// TraceID and SpanID are the identifiers of W3C Trace Context (§3.2.2.3, §3.2.2.4); zero is invalid.
type (
	TraceID [16]byte
	SpanID  [8]byte
)

// newTraceID draws from the runtime's per-thread ChaCha8: no lock and no system call.
func newTraceID() (id TraceID) {
	for id == (TraceID{}) {
		binary.BigEndian.PutUint64(id[:8], rand.Uint64())
		binary.BigEndian.PutUint64(id[8:], rand.Uint64())
	}
	return id
}

func newSpanID() (id SpanID) {
	for id == (SpanID{}) {
		binary.BigEndian.PutUint64(id[:], rand.Uint64())
	}
	return id
}

const hexDigits = "0123456789abcdef"

func appendHex(b, raw []byte) []byte {
	for _, c := range raw {
		b = append(b, hexDigits[c>>4], hexDigits[c&15])
	}
	return b
}

func putHex(to, raw []byte) {
	for i, c := range raw {
		to[2*i], to[2*i+1] = hexDigits[c>>4], hexDigits[c&15]
	}
}

// String returns 32 lower-case hexadecimal digits.
func (t TraceID) String() string { return string(appendHex(make([]byte, 0, 32), t[:])) }

// String returns 16 lower-case hexadecimal digits.
func (s SpanID) String() string { return string(appendHex(make([]byte, 0, 16), s[:])) }

// parseHex fills out from lower-case digits; Trace Context allows no other.
func parseHex(out []byte, s string) bool {
	if len(s) != 2*len(out) {
		return false
	}
	for i := range out {
		high, low := hexValue(s[2*i]), hexValue(s[2*i+1])
		if high > 15 || low > 15 {
			return false
		}
		out[i] = high<<4 | low
	}
	return true
}

func hexValue(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}
