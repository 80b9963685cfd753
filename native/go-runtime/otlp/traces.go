// SPDX-License-Identifier: Apache-2.0

package otlp

import "otelkit.dev/go/trace"

// AppendTraces writes an ExportTraceServiceRequest. Numbers are those of trace.proto:
// ResourceSpans: resource 1, scope_spans 2, schema_url 3; ScopeSpans: scope 1, spans 2.
func AppendTraces(out, resource []byte, schemaURL string, batch *trace.Batch) []byte {
	size := sizeBytes(len(resource)) + sizeBytes(len(schemaURL))
	for i := range batch.Scopes {
		if n := scopeSize(&batch.Scopes[i]); n > 0 {
			size += sizeBytes(n)
		}
	}
	out = appendHead(out, 1, size)
	out = trace.AppendBytes(out, 1, resource)
	for i := range batch.Scopes {
		s := &batch.Scopes[i]
		if len(s.Data) == 0 {
			continue
		}
		out = appendHead(out, 2, scopeSize(s))
		out = trace.AppendBytes(out, 1, scopeMessage(s.Scope))
		out = append(out, s.Data...)
	}
	return trace.AppendBytes(out, 3, []byte(schemaURL))
}

func scopeSize(s *trace.ScopeSpans) int {
	if len(s.Data) == 0 {
		return 0
	}
	return sizeBytes(len(scopeMessage(s.Scope))) + len(s.Data)
}

// scopeMessage is InstrumentationScope: name 1, version 2.
func scopeMessage(s *trace.Scope) []byte {
	b := trace.AppendBytes(nil, 1, []byte(s.Name))
	if s.Version == "" {
		return b
	}
	return trace.AppendBytes(b, 2, []byte(s.Version))
}

func appendHead(b []byte, field, size int) []byte {
	b = append(b, byte(field<<3|2))
	for ; size >= 0x80; size >>= 7 {
		b = append(b, byte(size)|0x80)
	}
	return append(b, byte(size))
}

// sizeBytes is what a length-delimited field below 16 of n bytes takes.
func sizeBytes(n int) int {
	size := 2 + n
	for ; n >= 0x80; n >>= 7 {
		size++
	}
	return size
}
