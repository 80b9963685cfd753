// SPDX-License-Identifier: Apache-2.0

package session

import (
	"otelkit/bpf-helper/internal/kernelmap"
	"otelkit/bpf-helper/internal/perfevent"
)

// threadContext is the request of that name; docs/profile-internals.md §4.
type threadContext struct {
	// Reach is how the variable is reached; absent: the process publishes nothing any more.
	Reach  string `json:"reach"`
	Offset int64  `json:"offset"`
	Module uint32 `json:"module"`
}

var reaches = map[string]uint32{"static": 1, "glibc": 2, "musl": 3}

const (
	// More thread-local memory than this no thread has.
	maxThreadOffset = 1 << 30
	maxModules      = 1 << 16
)

func (p *profile) setThreadContext(pid uint32, c threadContext) error {
	if pid == 0 {
		return badRequest("threadContext of process 0")
	}
	if c.Reach == "" {
		return p.contexts.Delete(pid)
	}
	kind, known := reaches[c.Reach]
	hasModule := c.Module > 0 && c.Module < maxModules
	if !known || hasModule != (c.Reach != "static") ||
		c.Offset < -maxThreadOffset || c.Offset > maxThreadOffset {
		return badRequest("threadContext: reach %q, offset %d, module %d", c.Reach, c.Offset, c.Module)
	}
	return p.contexts.Put(pid, kernelmap.ThreadContext{Offset: c.Offset, Module: c.Module, Kind: kind})
}

// lookForTracers tells once where it is not allowed.
func (p *profile) lookForTracers() {
	if err := p.spanMaps.Look(perfevent.NowNs()); err != nil {
		p.session.log("info", "samples of traced Go programs will not bear their spans: "+err.Error())
	}
}
