// SPDX-License-Identifier: Apache-2.0

package trace

// What one span and one process may hold. Names and defaults of the first three are those of the
// OpenTelemetry specification (SDK environment variables, "Span Limits", "Batch Span Processor").
const (
	defaultMaxAttributes   = 128
	defaultMaxEvents       = 128
	defaultMaxExportBatch  = 512
	defaultScheduleDelayMs = 5000
	// Spans are kept encoded, some 400 bytes each, so that the queue can be deeper than the 2048 of
	// the specification without more memory than that costs elsewhere.
	defaultMaxQueue = 16384
	// The exporter starts with so many spans: a collector, and a program that shares its processors,
	// are held up by sixteen short requests less than by one long one.
	wakeAtSpans = 64
	maxLinks    = 128
	// A tracestate may have 32 members and should be kept up to 512 bytes (Trace Context §3.3.1.5).
	maxStateBytes   = 512
	maxBaggageBytes = 8192
	// Buffers larger than this are not kept for the next span.
	maxPooledBytes = 4096
	// How far up a chain of ended spans a goroutine looks for one that is open.
	maxAncestors = 64
	// Series of one instrument, the overflow one among them (metrics SDK, "Cardinality limits").
	maxSeries = 2000
)
