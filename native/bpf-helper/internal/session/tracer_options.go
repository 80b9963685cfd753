// SPDX-License-Identifier: Apache-2.0

package session

import (
	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/gotrace"
)

// goStart is the request of that name; docs/go-internals.md §1.
type goStart struct {
	RingBytes int  `json:"ringBytes"`
	PollMs    int  `json:"pollMs"`
	StatsMs   int  `json:"statsMs"`
	Processes bool `json:"processes"`
	// Propagate is absent or true: outgoing requests get a header.
	Propagate *bool `json:"propagate"`
	gotrace.Settings
}

func (o *goStart) check() error {
	switch {
	case o.RingBytes < 0 || o.RingBytes > maxRingBytes || o.RingBytes&(o.RingBytes-1) != 0,
		o.RingBytes != 0 && o.RingBytes < unix.Getpagesize():
		return badRequest("ringBytes %d, expected a power of two up to %d", o.RingBytes, maxRingBytes)
	case o.PollMs < 0 || o.PollMs > maxIntervalMs || o.StatsMs < 0:
		return badRequest("pollMs %d, statsMs %d", o.PollMs, o.StatsMs)
	}
	if o.PollMs == 0 {
		o.PollMs = defaultSpanPollMs
	}
	return nil
}
