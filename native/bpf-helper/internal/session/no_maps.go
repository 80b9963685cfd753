// SPDX-License-Identifier: Apache-2.0

package session

import "otelkit/bpf-helper/internal/kernelmap"

// noMaps is for a tracker of which only the events are wanted.
type noMaps struct{}

func (noMaps) PutMappings([]kernelmap.Mapping) (*kernelmap.Range, error) {
	return &kernelmap.Range{}, nil
}
func (noMaps) Patch(*kernelmap.Range, kernelmap.Mapping) bool { return true }
func (noMaps) Release(*kernelmap.Range)                       {}
func (noMaps) SetProcess(uint32, kernelmap.Process) error     { return nil }
func (noMaps) DeleteProcess(uint32) error                     { return nil }
