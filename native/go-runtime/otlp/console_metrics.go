// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"encoding/binary"
	"io"
	"math"
)

// WriteMetrics writes one line of JSON for each metric of an ExportMetricsServiceRequest.
func WriteMetrics(w io.Writer, message []byte) error {
	for _, resource := range parts(message, 1) {
		for _, scope := range parts(resource, 2) {
			for _, metric := range parts(scope, 2) {
				if err := writeLine(w, metricObject(metric)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func metricObject(b []byte) map[string]any {
	o := map[string]any{}
	eachField(b, func(f field) {
		switch f.number {
		case 1:
			o["metric"] = string(f.bytes)
		case 3:
			o["unit"] = string(f.bytes)
		case 7, 9: // sum, histogram: attributes 7 and 9 of their points
			var points []any
			for _, p := range parts(f.bytes, 1) {
				points = append(points, pointObject(p, f.number))
			}
			o["points"] = points
		}
	})
	return o
}

func pointObject(b []byte, attributeField int) map[string]any {
	o := map[string]any{"attributes": attributes(b, attributeField)}
	eachField(b, func(f field) {
		switch {
		case f.number == 6 && attributeField == 7:
			o["value"] = int64(f.value)
		case f.number == 4:
			o["count"] = f.value
		case f.number == 5:
			o["sum"] = math.Float64frombits(f.value)
		case f.number == 6:
			var counts []uint64
			for at := 0; at+8 <= len(f.bytes); at += 8 {
				counts = append(counts, binary.LittleEndian.Uint64(f.bytes[at:]))
			}
			o["bucketCounts"] = counts
		}
	})
	return o
}
