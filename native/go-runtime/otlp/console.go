// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"math"
	"strconv"

	"otelkit.dev/go/trace"
)

// maxNesting bounds values of values.
const maxNesting = 8

// WriteTraces writes one line of JSON for each span of the batch, with the names and forms that
// OTLP/JSON has (hexadecimal IDs, 64-bit numbers as strings): the `console` exporter.
func WriteTraces(w io.Writer, resource []byte, batch *trace.Batch) error {
	resourceAttributes := attributes(resource, 1)
	for i := range batch.Scopes {
		s := &batch.Scopes[i]
		for _, data := range parts(s.Data, 2) {
			span := spanObject(data)
			span["scope"] = map[string]any{"name": s.Scope.Name}
			span["resource"] = resourceAttributes
			if err := writeLine(w, span); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeLine(w io.Writer, object map[string]any) error {
	line, err := json.Marshal(object)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// field is one field of a message: bytes of a length-delimited one, else the number.
type field struct {
	number int
	value  uint64
	bytes  []byte
}

// nextField splits the first field off; number 0 is the end, or damage.
func nextField(b []byte) (field, []byte) {
	key, n := binary.Uvarint(b)
	if n <= 0 {
		return field{}, nil
	}
	f := field{number: int(key >> 3)}
	b = b[n:]
	switch key & 7 {
	case 0:
		if f.value, n = binary.Uvarint(b); n <= 0 {
			return field{}, nil
		}
		return f, b[n:]
	case 1:
		if len(b) < 8 {
			return field{}, nil
		}
		f.value = binary.LittleEndian.Uint64(b)
		return f, b[8:]
	case 2:
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return field{}, nil
		}
		f.bytes = b[n : n+int(size)]
		return f, b[n+int(size):]
	case 5:
		if len(b) < 4 {
			return field{}, nil
		}
		f.value = uint64(binary.LittleEndian.Uint32(b))
		return f, b[4:]
	}
	return field{}, nil
}

// eachField gives the fields of a message to see, up to its end or the first that is damaged.
func eachField(b []byte, see func(f field)) {
	for len(b) > 0 {
		var f field
		if f, b = nextField(b); f.number == 0 {
			return
		}
		see(f)
	}
}

// parts gives every occurrence of a length-delimited field.
func parts(b []byte, number int) (found [][]byte) {
	eachField(b, func(f field) {
		if f.number == number && f.bytes != nil {
			found = append(found, f.bytes)
		}
	})
	return found
}

func spanObject(b []byte) map[string]any {
	o := map[string]any{"attributes": attributes(b, 9)}
	var events, links []any
	eachField(b, func(f field) {
		switch f.number {
		case 1:
			o["traceId"] = hex.EncodeToString(f.bytes)
		case 2:
			o["spanId"] = hex.EncodeToString(f.bytes)
		case 3:
			o["traceState"] = string(f.bytes)
		case 4:
			o["parentSpanId"] = hex.EncodeToString(f.bytes)
		case 5:
			o["name"] = string(f.bytes)
		case 6:
			o["kind"] = f.value
		case 7:
			o["startTimeUnixNano"] = strconv.FormatUint(f.value, 10)
		case 8:
			o["endTimeUnixNano"] = strconv.FormatUint(f.value, 10)
		case 11:
			events = append(events, partObject(f.bytes, 3))
		case 13:
			links = append(links, partObject(f.bytes, 4))
		case 15:
			o["status"] = statusObject(f.bytes)
		}
	})
	if events != nil {
		o["events"] = events
	}
	if links != nil {
		o["links"] = links
	}
	return o
}

// partObject is an event (attributes 3) or a link (attributes 4).
func partObject(b []byte, attributeField int) map[string]any {
	o := map[string]any{"attributes": attributes(b, attributeField)}
	eachField(b, func(f field) {
		switch {
		case attributeField == 3 && f.number == 1:
			o["timeUnixNano"] = strconv.FormatUint(f.value, 10)
		case attributeField == 3 && f.number == 2:
			o["name"] = string(f.bytes)
		case attributeField == 4 && f.number == 1:
			o["traceId"] = hex.EncodeToString(f.bytes)
		case attributeField == 4 && f.number == 2:
			o["spanId"] = hex.EncodeToString(f.bytes)
		}
	})
	return o
}

func statusObject(b []byte) map[string]any {
	o := map[string]any{}
	eachField(b, func(f field) {
		switch f.number {
		case 2:
			o["message"] = string(f.bytes)
		case 3:
			o["code"] = f.value
		}
	})
	return o
}

// attributes collects the KeyValues (key 1, value 2) in the given field of a message.
func attributes(b []byte, number int) map[string]any {
	o := map[string]any{}
	for _, pair := range parts(b, number) {
		key := ""
		eachField(pair, func(p field) {
			if p.number == 1 {
				key = string(p.bytes)
			} else if p.number == 2 {
				o[key] = anyValue(p.bytes, 0)
			}
		})
	}
	return o
}

func anyValue(b []byte, depth int) any {
	f, _ := nextField(b)
	switch f.number {
	case 1:
		return string(f.bytes)
	case 2:
		return f.value != 0
	case 3:
		return int64(f.value)
	case 4:
		if v := math.Float64frombits(f.value); !math.IsNaN(v) && !math.IsInf(v, 0) {
			return v
		}
		return strconv.FormatFloat(math.Float64frombits(f.value), 'g', -1, 64)
	case 5:
		list := []any{}
		if depth < maxNesting {
			for _, item := range parts(f.bytes, 1) {
				list = append(list, anyValue(item, depth+1))
			}
		}
		return list
	case 7:
		return base64.StdEncoding.EncodeToString(f.bytes)
	}
	return nil
}
