// SPDX-License-Identifier: Apache-2.0

package process

import "otelkit/bpf-helper/internal/kernelmap"

// Maps is what the tracker needs of the BPF maps.
type Maps interface {
	// PutMappings writes mappings to a free range, which the caller owns.
	PutMappings(mappings []kernelmap.Mapping) (*kernelmap.Range, error)
	// Patch says in place what kind of mapping one of a range is; false when it has no such mapping.
	Patch(r *kernelmap.Range, mapping kernelmap.Mapping) bool
	// Release gives a range up; it is used again after a time of grace.
	Release(r *kernelmap.Range)
	// SetProcess makes a range the mappings of a process.
	SetProcess(pid uint32, entry kernelmap.Process) error
	DeleteProcess(pid uint32) error
}
