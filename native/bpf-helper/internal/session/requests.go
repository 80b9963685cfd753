// SPDX-License-Identifier: Apache-2.0

package session

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/limits"
	"otelkit/bpf-helper/internal/process"
	"otelkit/bpf-helper/internal/table"
)

// request has the members of all of them; docs/profile-internals.md §4.
type request struct {
	Op      string   `json:"op"`
	Version int      `json:"version"`
	Path    string   `json:"path"`
	Include []uint32 `json:"include"`
	Exclude []uint32 `json:"exclude"`
	Keys    []string `json:"keys"`
	PID     uint32   `json:"pid"`
	SinceNs uint64   `json:"sinceNs"`
	process.Answer
	threadContext
	startOptions
	// payload is the whole request, of which goStart and its kind read their own members.
	payload []byte
}

// startOptions are the members of `start`.
type startOptions struct {
	Hz                int      `json:"hz"`
	Period            uint64   `json:"period"`
	Event             string   `json:"event"`
	OffCPUProbability float64  `json:"offCpuProbability"`
	KernelStacks      bool     `json:"kernelStacks"`
	OnlyListed        bool     `json:"onlyListed"`
	MaxUserFrames     int      `json:"maxUserFrames"`
	RawCopyBytes      int      `json:"rawCopyBytes"`
	RingBytes         int      `json:"ringBytes"`
	MapScale          int      `json:"mapScale"`
	PollMs            int      `json:"pollMs"`
	DeliverMs         int      `json:"deliverMs"`
	Idle              bool     `json:"idle"`
	Probes            []string `json:"probes"`
	PinCPUs           []int    `json:"pinCpus"`
	PIDs              []uint32 `json:"pids"`
	StatsMs           int      `json:"statsMs"`
	// AllowFreezing starts even where the kernel may freeze; see features.CheckFreeze.
	AllowFreezing bool `json:"allowFreezing"`
}

// reply is what goes back beside `ok`.
type reply map[string]any

const (
	defaultPollMs  = 100
	maxIntervalMs  = 60_000
	maxMapScale    = 8
	maxRingBytes   = 256 << 20
	maxRawCopy     = 61440
	defaultFrames  = 1024
	maxSampleRatio = 1.0
)

// check refuses what cannot be meant and fills in what was left out.
func (o *startOptions) check() error {
	switch {
	case o.Event != "" && o.Event != "cpu-clock" && o.Event != "cycles":
		return badRequest("event %q, expected cpu-clock or cycles", o.Event)
	case o.Hz < 1 || o.Hz > limits.Hz:
		return badRequest("hz %d, expected 1 to %d", o.Hz, limits.Hz)
	case o.OffCPUProbability < 0 || o.OffCPUProbability > maxSampleRatio:
		return badRequest("offCpuProbability %v, expected 0 to 1", o.OffCPUProbability)
	case o.MaxUserFrames < 0 || o.MaxUserFrames > limits.UserFrames:
		return badRequest("maxUserFrames %d, expected 0 to %d", o.MaxUserFrames, limits.UserFrames)
	case o.RawCopyBytes < 0 || o.MapScale < 0 || o.MapScale > maxMapScale:
		return badRequest("rawCopyBytes %d, mapScale %d", o.RawCopyBytes, o.MapScale)
	case o.RingBytes < 0 || o.RingBytes > maxRingBytes || o.RingBytes&(o.RingBytes-1) != 0,
		o.RingBytes != 0 && o.RingBytes < os.Getpagesize():
		return badRequest("ringBytes %d, expected a power of two up to %d", o.RingBytes, maxRingBytes)
	case o.PollMs < 0 || o.PollMs > maxIntervalMs || o.StatsMs < 0:
		return badRequest("pollMs %d, statsMs %d", o.PollMs, o.StatsMs)
	case o.DeliverMs < 0 || o.DeliverMs > maxIntervalMs:
		return badRequest("deliverMs %d", o.DeliverMs)
	case len(o.Probes) > limits.Probes:
		return badRequest("%d probes, at most %d", len(o.Probes), limits.Probes)
	}
	if o.PollMs == 0 {
		o.PollMs = defaultPollMs
	}
	if o.MaxUserFrames == 0 {
		o.MaxUserFrames = defaultFrames
	}
	o.RawCopyBytes = min(o.RawCopyBytes, maxRawCopy)
	return nil
}

func decodeRequest(payload []byte) (*request, error) {
	r := &request{payload: payload}
	r.KernelStacks = true
	if err := json.Unmarshal(payload, r); err != nil {
		return nil, badRequest("request: %v", err)
	}
	return r, nil
}

// readTable reads a cache file into memory of its own: mapping it would end us if somebody cut it.
func readTable(path string) (*table.Table, func(), error) {
	none := func() {}
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, none, fmt.Errorf("%s: %w", path, err)
	}
	file := os.NewFile(uintptr(fd), path)
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, none, err
	}
	if !info.Mode().IsRegular() || info.Size() == 0 || info.Size() > limits.TableFileBytes {
		return nil, none, badRequest("%s: %d bytes, mode %s: no table", path, info.Size(), info.Mode())
	}
	memory, err := unix.Mmap(-1, 0, int(info.Size()), unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, none, fmt.Errorf("%s: %w", path, err)
	}
	release := func() { _ = unix.Munmap(memory) }
	if _, err := io.ReadFull(file, memory); err != nil {
		release()
		return nil, none, fmt.Errorf("%s: %w", path, err)
	}
	parsed, err := table.Parse(memory)
	if err != nil {
		release()
		return nil, none, fmt.Errorf("%s: %w", path, err)
	}
	return parsed, release, nil
}
