// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"encoding/binary"
	"fmt"
	"testing"
)

// span is a decoded record.
type span struct {
	kind, flags, detail, traceFlags uint8
	tgid                            uint32
	start, end, goid, typeA         uint64
	trace, id, parent               string
	status                          int32
	errorType                       uint64
	parentBy                        uint8
	protocol                        uint16
	texts                           map[uint8]string
	routes                          []string
	languages                       []string
	full                            map[uint8]uint32
}

func decodeRecord(r []byte) (span, error) {
	le := binary.LittleEndian
	if len(r) < 128 || int(le.Uint32(r)) != len(r) || len(r)%8 != 0 {
		return span{}, fmt.Errorf("a record of %d bytes: % x", len(r), r[:min(len(r), 16)])
	}
	s := span{
		kind: r[4], flags: r[5], traceFlags: r[14], detail: r[15], tgid: le.Uint32(r[8:]),
		start: le.Uint64(r[16:]), end: le.Uint64(r[24:]), trace: fmt.Sprintf("%x", r[32:48]),
		id: fmt.Sprintf("%x", r[48:56]), parent: fmt.Sprintf("%x", r[56:64]), goid: le.Uint64(r[64:]),
		status: int32(le.Uint32(r[72:])), errorType: le.Uint64(r[80:]), protocol: le.Uint16(r[120:]),
		parentBy: r[122], typeA: le.Uint64(r[104:]), texts: map[uint8]string{}, full: map[uint8]uint32{},
	}
	at := 128
	for range le.Uint16(r[6:]) {
		if at+8 > len(r) {
			return s, fmt.Errorf("texts end at %d of %d", at, len(r))
		}
		kept, full := int(le.Uint16(r[at+2:])), le.Uint32(r[at+4:])
		if at+8+kept > len(r) {
			return s, fmt.Errorf("a text of %d bytes at %d of %d", kept, at, len(r))
		}
		s.texts[r[at]] = string(r[at+8 : at+8+min(kept, int(full))])
		s.full[r[at]] = full
		if r[at] == textRoute {
			s.routes = append(s.routes, s.texts[textRoute])
		}
		if r[at] == textHeaders+1 {
			s.languages = append(s.languages, s.texts[textHeaders+1])
		}
		at += (8 + kept + 7) &^ 7
	}
	if at != len(r) {
		return s, fmt.Errorf("texts end at %d of %d", at, len(r))
	}
	return s, nil
}

// only returns the spans of a kind whose text is as given.
func only(spans []span, kind, text uint8, value string) []span {
	var out []span
	for _, s := range spans {
		if s.kind == kind && s.texts[text] == value {
			out = append(out, s)
		}
	}
	return out
}

// one is the only such span.
func one(t testing.TB, spans []span, kind, text uint8, value string) span {
	t.Helper()
	found := only(spans, kind, text, value)
	if len(found) != 1 {
		t.Fatalf("%d spans of kind %d with %q, expected one:\n%+v", len(found), kind, value, spans)
	}
	return found[0]
}
