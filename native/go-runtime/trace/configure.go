// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"strconv"
	"strings"
)

// Configure takes OTEL_* through getenv and starts recording; record says whether there is an
// exporter. What it does not understand is returned, one line each.
func Configure(getenv func(string) string, record bool) (problems []string) {
	number := func(name string, fallback int) int {
		v := strings.TrimSpace(getenv(name))
		if v == "" {
			return fallback
		}
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			problems = append(problems, name+"="+v+": expected a number; "+strconv.Itoa(fallback)+" is used")
			return fallback
		}
		return n
	}
	var problem string
	sample, problem = newSampler(getenv("OTEL_TRACES_SAMPLER"), getenv("OTEL_TRACES_SAMPLER_ARG"))
	if problem != "" {
		problems = append(problems, problem)
	}
	if v := getenv("OTEL_PROPAGATORS"); v != "" {
		propagate = propagators{}
		for _, name := range strings.Split(v, ",") {
			switch strings.TrimSpace(name) {
			case "tracecontext":
				propagate.context = true
			case "baggage":
				propagate.baggage = true
			case "b3":
				propagate.b3 = true
			case "b3multi":
				propagate.b3multi = true
			case "none", "":
			default:
				problems = append(problems, "OTEL_PROPAGATORS: "+name+" is not known")
			}
		}
	}
	limits.attributes = number("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", number("OTEL_ATTRIBUTE_COUNT_LIMIT", defaultMaxAttributes))
	limits.events = number("OTEL_SPAN_EVENT_COUNT_LIMIT", defaultMaxEvents)
	limits.valueBytes = number("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", number("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", -1))
	queue.Lock()
	queue.max = number("OTEL_BSP_MAX_QUEUE_SIZE", defaultMaxQueue)
	queue.maxOpen = max(1, min(queue.max, number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", defaultMaxExportBatch)))
	queue.wakeAt = min(queue.maxOpen, wakeAtSpans)
	queue.wake = make(chan struct{}, 1)
	queue.Unlock()
	exporting.Store(record)
	enabled.Store(true)
	return problems
}

// Stop ends the making of spans.
func Stop() {
	exporting.Store(false)
	enabled.Store(false)
}
