// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// As in bpf/go/capture.h and capture_hook.h.
const (
	capturedBytes = 48
	maxCaptured   = 16
	captureServer = 1
	captureClient = 2
	captureMap    = "capture_programs"
)

// capturePrograms are in the order of enum capture_program.
var capturePrograms = []string{"capture_server", "capture_h2_server", "capture_client"}

// Captures are names of headers of requests, in any case, that spans tell of.
type Captures struct {
	Server []string `json:"server"`
	Client []string `json:"client"`
}

// sides numbers the names: text 32 and so on, those of servers first.
func (c *Captures) sides() ([]string, map[string]uint32, error) {
	if c == nil {
		return nil, nil, nil
	}
	sides := map[string]uint32{}
	var names []string
	for i, side := range [][]string{c.Server, c.Client} {
		for _, name := range side {
			name = strings.ToLower(name)
			if name == "" || len(name) > capturedBytes {
				return nil, nil, fmt.Errorf("the name of a header has 1 to %d bytes: %q", capturedBytes, name)
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
			sides[name] |= captureServer << i
		}
	}
	if len(names) > maxCaptured {
		return nil, nil, fmt.Errorf("%d names of headers, at most %d", len(names), maxCaptured)
	}
	return names, sides, nil
}

// capture puts the names where programs look, and the programs where others go on to. Both are done
// before anything is attached.
func (p *programs) capture(c *Captures) error {
	names, sides, err := c.sides()
	if err != nil || len(names) == 0 {
		return err
	}
	if !p.cookies {
		return errors.New("headers cannot be captured on kernels before 5.15")
	}
	for i, name := range names {
		value := make([]byte, capturedBytes, capturedBytes+8)
		copy(value, name)
		value = binary.LittleEndian.AppendUint32(value, uint32(len(name)))
		value = binary.LittleEndian.AppendUint32(value, sides[name])
		if err := p.Maps["captured_names"].Put(uint32(i), value); err != nil {
			return err
		}
	}
	p.begin(capturePrograms...)
	for i, name := range capturePrograms {
		program, err := p.program(name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := p.Maps[captureMap].Put(uint32(i), program); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
