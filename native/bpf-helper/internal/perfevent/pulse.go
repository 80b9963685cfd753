// SPDX-License-Identifier: Apache-2.0

package perfevent

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// pulse tells whether an event still counts: a CPU that goes takes its events along, and nobody tells
// their owner, who may find it online again when he looks.
type pulse struct{ enabledNs uint64 }

// beats returns whether the event has been enabled for longer than at the last call.
func (p *pulse) beats(fd int) bool {
	var values [16]byte // the count, and with TOTAL_TIME_ENABLED that time
	n, err := unix.Read(fd, values[:])
	if err != nil || n != len(values) {
		return false
	}
	enabledNs := binary.LittleEndian.Uint64(values[8:])
	before := p.enabledNs
	p.enabledNs = enabledNs
	return enabledNs > before
}
