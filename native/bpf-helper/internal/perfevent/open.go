// SPDX-License-Identifier: Apache-2.0

// Package perfevent opens perf events and reads their rings: samplers that run a BPF program, and
// the dummy events that tell of processes and their mappings.
package perfevent

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Not in x/sys/unix.
const (
	anyProcess     = -1
	noGroup        = -1
	taskRingPages  = 64
	attributeBytes = uint32(unsafe.Sizeof(unix.PerfEventAttr{}))
)

// Sampler is one event on one CPU with a BPF program attached.
type Sampler struct {
	fd    int
	CPU   int
	pulse pulse
}

// Runs returns whether an enabled sampler has sampled since the last call, or could have.
func (s *Sampler) Runs() bool { return s.pulse.beats(s.fd) }

// SamplerOptions tells what samples.
type SamplerOptions struct {
	Cycles bool
	// Hz for the CPU clock, and for cycles without a Period.
	Hz int
	// Period in events, for cycles.
	Period   uint64
	SkipIdle bool
	Program  int
	Disabled bool
}

// OpenSampler starts sampling on one CPU.
func OpenSampler(cpu int, options SamplerOptions) (*Sampler, error) {
	attr := unix.PerfEventAttr{
		Size: attributeBytes, Bits: unix.PerfBitDisabled,
		Read_format: unix.PERF_FORMAT_TOTAL_TIME_ENABLED,
	}
	switch {
	case !options.Cycles:
		attr.Type, attr.Config = unix.PERF_TYPE_SOFTWARE, unix.PERF_COUNT_SW_CPU_CLOCK
		// A period, since a frequency is refused above perf_event_max_sample_rate, which the kernel
		// lowers by itself; for this event they mean the same.
		attr.Sample = 1_000_000_000 / uint64(options.Hz)
	case options.Period > 0:
		attr.Config, attr.Sample = unix.PERF_COUNT_HW_CPU_CYCLES, options.Period
	default:
		attr.Config, attr.Sample = unix.PERF_COUNT_HW_CPU_CYCLES, uint64(options.Hz)
		attr.Bits |= unix.PerfBitFreq
	}
	if options.SkipIdle {
		attr.Bits |= unix.PerfBitExcludeIdle
	}
	fd, err := unix.PerfEventOpen(&attr, anyProcess, cpu, noGroup, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("perf_event_open on CPU %d: %w", cpu, err)
	}
	s := &Sampler{fd: fd, CPU: cpu}
	if err := unix.IoctlSetInt(fd, unix.PERF_EVENT_IOC_SET_BPF, options.Program); err != nil {
		s.Close()
		return nil, fmt.Errorf("attaching the program on CPU %d: %w", cpu, err)
	}
	if options.Disabled {
		return s, nil
	}
	if err := s.Enable(true); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Enable starts or pauses sampling.
func (s *Sampler) Enable(on bool) error {
	request := uint(unix.PERF_EVENT_IOC_DISABLE)
	if on {
		request = unix.PERF_EVENT_IOC_ENABLE
	}
	if err := unix.IoctlSetInt(s.fd, request, 0); err != nil {
		return fmt.Errorf("enabling %v on CPU %d: %w", on, s.CPU, err)
	}
	return nil
}

// SetPeriod changes nanoseconds (CPU clock), events or Hz (cycles) between two samples.
func (s *Sampler) SetPeriod(period uint64) error {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(s.fd), unix.PERF_EVENT_IOC_PERIOD,
		uintptr(unsafe.Pointer(&period)))
	if errno != 0 {
		return fmt.Errorf("period %d on CPU %d: %w", period, s.CPU, errno)
	}
	return nil
}

// Close detaches it.
func (s *Sampler) Close() { _ = unix.Close(s.fd) }

// OpenTaskEvent opens the dummy event of one CPU that records fork, exec, mmap, comm and exit of
// everybody. It does not ask for build IDs: Linux (seen on 6.18) would then mark the mappings in
// everybody else's records as having one, of which perf 6.1 dies.
func OpenTaskEvent(cpu int) (*Ring, error) {
	attr := unix.PerfEventAttr{
		Type:        unix.PERF_TYPE_SOFTWARE,
		Size:        attributeBytes,
		Config:      unix.PERF_COUNT_SW_DUMMY,
		Read_format: unix.PERF_FORMAT_TOTAL_TIME_ENABLED,
		Sample_type: unix.PERF_SAMPLE_TID | unix.PERF_SAMPLE_TIME | unix.PERF_SAMPLE_CPU,
		Bits: unix.PerfBitMmap | unix.PerfBitComm | unix.PerfBitTask | unix.PerfBitWatermark |
			unix.PerfBitSampleIDAll | unix.PerfBitMmap2 | unix.PerfBitCommExec |
			unix.PerfBitUseClockID,
		// wakeup_events does not wake for these records, a watermark of one byte does.
		Wakeup:  1,
		Clockid: unix.CLOCK_MONOTONIC,
	}
	fd, err := unix.PerfEventOpen(&attr, anyProcess, cpu, noGroup, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("perf_event_open of process records on CPU %d: %w", cpu, err)
	}
	ring, err := mapRing(fd, cpu, taskRingPages)
	if err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	return ring, nil
}

// TryEvent opens and closes an event.
func TryEvent(cpu int, kind uint32, config uint64) error {
	attr := unix.PerfEventAttr{
		Type: kind, Size: attributeBytes, Config: config, Sample: 1 << 30, Bits: unix.PerfBitDisabled,
	}
	fd, err := unix.PerfEventOpen(&attr, anyProcess, cpu, noGroup, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return fmt.Errorf("perf_event_open: %w", err)
	}
	return unix.Close(fd)
}
