// SPDX-License-Identifier: Apache-2.0

// Package limits is the table of everything that is bounded here, and by how much.
package limits

import "time"

const (
	// FrameBytes is the longest frame on the pipe, in either direction (docs/profile-internals.md §4).
	FrameBytes = 64 << 20
	// RequestBytes is the longest JSON request.
	RequestBytes = 16 << 20
	// QueueBytes is what waits for a reader of our output before samples are dropped.
	QueueBytes = 8 << 20
	// QueueHardBytes of what must not be dropped end the helper: nobody reads.
	QueueHardBytes = 64 << 20

	// TableFileBytes is the largest unwind table that is read.
	TableFileBytes = 512 << 20
	// TableRows and TablePages bound one table's share of the maps.
	TableRows  = 32 << 20
	TablePages = 1 << 20
	// PageRows is the most rows that a page of 1,024 bytes can have.
	PageRows = 1024
	// MaxSlot is the last number of a file; 0xff00 and above are interpreter frames.
	MaxSlot = 0xfeff
	// VaddrBits is what a frame word has for the address.
	VaddrBits = 48

	// Segments of one file; a linker makes fewer than ten.
	Segments = 4096
	// Files that are numbered for the life of the helper.
	Files = 4 << 20
	// Witnesses are files that are held open, so that it shows when they are written to.
	Witnesses = 8192
	// ProcessMappings is the most executable mappings of one process that are kept.
	ProcessMappings = 32768
	// Processes that are tracked.
	Processes = 1 << 20
	// MapsBytes is how much of one /proc/PID/maps is read.
	MapsBytes = 64 << 20
	// PathBytes is the longest path that is passed on.
	PathBytes = 4096
	// CgroupBytes is the longest cgroup path that is passed on.
	CgroupBytes = 4096

	// Traces and TraceBytes bound the table of known traces; then numbers start anew.
	Traces     = 1 << 17
	TraceBytes = 12 << 20
	// Names bounds the table of thread names.
	Names = 1 << 16
	// OffCPUThreads bounds the threads that are known to be off CPU.
	OffCPUThreads = 1 << 16
	// OffCPURawBytes bounds the raw copies of such threads.
	OffCPURawBytes = 4 << 20
	// UserFrames and KernelFrames bound a record.
	UserFrames   = 4096
	KernelFrames = 127

	// Probes of one session.
	Probes = 64
	// Hz is the highest sampling rate.
	Hz = 10000
	// GoConfigs is how many Go executables are traced at once; bpf/go/state.h has as many.
	GoConfigs = 1024
	// GoFunctionBytes is the longest function that is decoded.
	GoFunctionBytes = 1 << 20
	// GoTargets is how many processes can be listed.
	GoTargets = 32768
	// CPUs is the highest CPU number + 1.
	CPUs = 8192
)

const (
	// Grace is how long the BPF side may still read what was replaced.
	Grace = time.Second
	// ExitGrace is how long an ended process stays known, for samples that are still on their way.
	ExitGrace = 2 * time.Second
)
