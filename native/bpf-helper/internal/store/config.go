// SPDX-License-Identifier: Apache-2.0

package store

import (
	"github.com/cilium/ebpf"

	"otelkit/bpf-helper/internal/kernelmap"
)

// Config writes the one entry of `config`.
type Config struct {
	memory window[kernelmap.Config]
}

// OpenConfig maps it.
func OpenConfig(m *ebpf.Map) (*Config, error) {
	w, err := openWindow[kernelmap.Config](m.FD(), 0, 1)
	if err != nil {
		return nil, err
	}
	return &Config{w}, nil
}

// Set makes a configuration count from the next record on.
func (c *Config) Set(config kernelmap.Config) { c.memory.Entries[0] = config }

// Close unmaps it.
func (c *Config) Close() { c.memory.close() }
