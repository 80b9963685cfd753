// SPDX-License-Identifier: Apache-2.0

package store

import (
	"github.com/cilium/ebpf"

	"otelkit/bpf-helper/internal/kernelmap"
)

// ReadCounters adds the CPUs' counters up, by name.
func ReadCounters(m *ebpf.Map) map[string]uint64 {
	sums := make(map[string]uint64, len(kernelmap.Counters))
	var values [][64]uint64
	if m.Lookup(uint32(0), &values) != nil {
		return sums
	}
	for i, name := range kernelmap.Counters {
		sum := uint64(0)
		for _, perCPU := range values {
			sum += perCPU[i]
		}
		sums[name] = sum
	}
	return sums
}
