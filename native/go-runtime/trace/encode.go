// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"encoding/binary"
	"math"
)

// Protobuf wire format, as much as OTLP needs: varint 0, fixed64 1, bytes 2, fixed32 5. Numbers
// written as field<<3|wire are those of opentelemetry/proto/{trace,common,resource}/v1.

func appendVarint(b []byte, v uint64) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

func sizeVarint(v uint64) (n int) {
	for n = 1; v >= 0x80; n++ {
		v >>= 7
	}
	return n
}

// appendTag writes the key of a field; every field of OTLP used here is below 16 but Span.flags.
func appendTag(b []byte, field, wire int) []byte { return appendVarint(b, uint64(field<<3|wire)) }

func appendString(b []byte, field int, s string) []byte {
	if s == "" {
		return b
	}
	b = appendTag(b, field, 2)
	b = appendVarint(b, uint64(len(s)))
	return append(b, s...)
}

// AppendBytes writes a length-delimited field, empty ones too.
func AppendBytes(b []byte, field int, s []byte) []byte {
	b = appendTag(b, field, 2)
	b = appendVarint(b, uint64(len(s)))
	return append(b, s...)
}

// AppendFixed64 writes a field of 8 bytes.
func AppendFixed64(b []byte, field int, v uint64) []byte {
	return binary.LittleEndian.AppendUint64(appendTag(b, field, 1), v)
}

// Value is an attribute's value: OTLP AnyValue without maps.
type Value struct {
	kind byte // field number of AnyValue: 1 string, 2 bool, 3 int, 4 double, 5 array
	num  uint64
	str  string
	list []Value
}

// String, Int, Bool, Float and List make values.
func String(s string) Value { return Value{kind: 1, str: s} }
func Int(n int64) Value     { return Value{kind: 3, num: uint64(n)} }
func Float(f float64) Value { return Value{kind: 4, num: math.Float64bits(f)} }
func List(v []Value) Value  { return Value{kind: 5, list: v} }
func Bool(on bool) (v Value) {
	v.kind = 2
	if on {
		v.num = 1
	}
	return v
}

func (v *Value) size() int {
	switch v.kind {
	case 1:
		return 1 + sizeVarint(uint64(len(v.str))) + len(v.str)
	case 2:
		return 2
	case 3:
		return 1 + sizeVarint(v.num)
	case 4:
		return 9
	case 5:
		n := v.listSize()
		return 1 + sizeVarint(uint64(n)) + n
	}
	return 0
}

func (v *Value) listSize() (n int) {
	for i := range v.list {
		size := v.list[i].size()
		n += 1 + sizeVarint(uint64(size)) + size
	}
	return n
}

func (v *Value) append(b []byte) []byte {
	switch v.kind {
	case 1: // written even when empty: an empty string is a value
		b = append(b, 1<<3|2)
		b = appendVarint(b, uint64(len(v.str)))
		return append(b, v.str...)
	case 2:
		return append(b, 2<<3, byte(v.num))
	case 3:
		return appendVarint(append(b, 3<<3), v.num)
	case 4:
		return AppendFixed64(b, 4, v.num)
	case 5:
		b = appendVarint(append(b, 5<<3|2), uint64(v.listSize()))
		for i := range v.list {
			b = appendVarint(append(b, 1<<3|2), uint64(v.list[i].size()))
			b = v.list[i].append(b)
		}
	}
	return b
}

// AppendKeyValue writes one KeyValue as the given field of the message around it.
func AppendKeyValue(b []byte, field int, key string, v Value) []byte {
	if n := len(key) + len(v.str); v.kind == 1 && n < 0x80-6 { // every length is one byte
		b = append(b, byte(field<<3|2), byte(n+6), 1<<3|2, byte(len(key)))
		b = append(b, key...)
		b = append(b, 2<<3|2, byte(len(v.str)+2), 1<<3|2, byte(len(v.str)))
		return append(b, v.str...)
	}
	size := v.size()
	inner := 1 + sizeVarint(uint64(len(key))) + len(key) + 1 + sizeVarint(uint64(size)) + size
	b = appendTag(b, field, 2)
	b = appendVarint(b, uint64(inner))
	b = append(b, 1<<3|2)
	b = appendVarint(b, uint64(len(key)))
	b = append(b, key...)
	b = append(b, 2<<3|2)
	b = appendVarint(b, uint64(size))
	return v.append(b)
}
