// SPDX-License-Identifier: Apache-2.0

// Package kernelmap holds the layouts of the BPF maps' values (docs/profile-internals.md §2). They
// are the same on both machines: little endian, naturally aligned.
package kernelmap

// Process is the value of `processes`.
type Process struct {
	Generation   uint32
	FirstMapping uint32
	MappingCount uint32
	Flags        uint32
}

// Flags of a process.
const (
	ProcessExcluded = 1
	ProcessRawCopy  = 2
)

// Mapping is an entry of `mappings`: vaddr = pc - Bias.
type Mapping struct {
	Start, End, Bias uint64
	Slot             uint16
	Kind             uint8
	Flags            uint8
	Unwinder         uint16
	_                uint16
}

// Kinds of mappings.
const (
	KindNone          = 0
	KindTable         = 1 // with slot 0: the file is not known yet, a raw copy is wanted
	KindFramePointers = 2
	KindEnd           = 3
)

// Table is an entry of `tables`, by slot.
type Table struct {
	BaseVaddr uint64
	PageCount uint32
	FirstPage uint32
	FirstSide uint32
	SideCount uint32
	Flags     uint32
	_         uint32
}

// TableLoaded is the flag of a table that can be used.
const TableLoaded = 1

// Page is an entry of `page_dir`; Row is chunk << 16 | row in the chunk.
type Page struct {
	Row      uint32
	RowCount uint16
	_        uint16
}

// ChunkRows is how many rows a chunk of `row_chunks` has, ChunkBytes its size.
const (
	ChunkRows  = 1 << 16
	ChunkBytes = ChunkRows * 8
)

// Config is at the beginning of each scratch.
type Config struct {
	OffCPUProbability uint32
	Flags             uint32
	MaxUserFrames     uint32
	RawCopyBytes      uint32
	Unwinders         uint32
	Epoch             uint32
	ThreadContexts    uint32
	SpanMaps          uint32
	_                 [8]uint32
}

// Scratch is the beginning of an entry of `scratch_*`; the rest belongs to the programs.
type Scratch struct {
	Config   Config
	Counters [32]uint64
}

// ThreadContext is the value of `thread_contexts`, by tgid.
type ThreadContext struct {
	Offset int64
	Module uint32
	Kind   uint32
}

// Flags of the configuration.
const (
	ConfigOnlyListed     = 1
	ConfigSendIdle       = 2
	ConfigRawCopies      = 4
	ConfigNoKernelStacks = 8
)

// Range is a part of `mappings`; processes that came out of one another by fork share it.
type Range struct {
	First, Count int
	Users        int
}

// Counters are the names of the counters, by index.
var Counters = [...]string{
	"samples", "records", "ringFull", "idle", "filtered", "rawCopies", "complete", "truncatedDepth",
	"noMapping", "noUnwindInfo", "stackUnreadable", "badRule", "badFramePointer", "noProgress",
	"kernelStackFailed", "compat32", "tableBounds", "tailCallFailed", "userFrames", "kernelFrames",
	"ruleCacheHits", "ruleCacheMisses", "switches", "switchesSampled", "probeHits", "noScratch",
	"rawCopiesLimited", "switchTableFull", "linked", "contextUnreadable",
}
