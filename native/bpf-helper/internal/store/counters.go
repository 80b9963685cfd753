// SPDX-License-Identifier: Apache-2.0

package store

import (
	"github.com/cilium/ebpf"

	"otelkit/bpf-helper/internal/kernelmap"
)

// ReadCounters adds the CPUs' counters up, by name.
func ReadCounters(m *ebpf.Map) map[string]uint64 {
	sums := make(map[string]uint64, len(kernelmap.Counters))
	var values []uint64
	for i, name := range kernelmap.Counters {
		if m.Lookup(uint32(i), &values) != nil {
			continue
		}
		sum := uint64(0)
		for _, value := range values {
			sum += value
		}
		sums[name] = sum
	}
	return sums
}
