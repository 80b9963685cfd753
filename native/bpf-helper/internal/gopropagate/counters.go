// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"fmt"
	"strings"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"
)

// counterNames reads enum propagate_counter: PC_NO_ROOM → noRoom.
func counterNames(spec *ebpf.CollectionSpec) ([]string, error) {
	var enum *btf.Enum
	if err := spec.Types.TypeByName("propagate_counter", &enum); err != nil {
		return nil, fmt.Errorf("the BPF object's counters: %w", err)
	}
	names := []string{}
	for _, value := range enum.Values {
		if int(value.Value) == len(names) {
			names = append(names, camel(strings.TrimPrefix(value.Name, "PC_")))
		}
	}
	return names, nil
}

func camel(name string) string {
	words := strings.Split(strings.ToLower(name), "_")
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}

// Counters returns what has happened so far, by names as `injectedHttp1`, `noRoom`.
func (p *Propagator) Counters() map[string]uint64 {
	if p.collection == nil {
		return p.last
	}
	out := map[string]uint64{}
	table := p.collection.Maps["propagate_counters"]
	for number, name := range p.counters {
		var cells []uint64
		if table.Lookup(uint32(number), &cells) != nil {
			continue
		}
		sum := uint64(0)
		for _, cell := range cells {
			sum += cell
		}
		out[name] = sum
	}
	return out
}
