// SPDX-License-Identifier: Apache-2.0

package features

import (
	"errors"
	"os"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	kernel "github.com/cilium/ebpf/features"
	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/perfevent"
	"otelkit/bpf-helper/internal/profilebpf"
)

// bpfFindings tries what the programs need one by one, and then the programs themselves.
func bpfFindings() map[string]Finding {
	findings := map[string]Finding{
		"ringBuffer":     found(kernel.HaveMapType(ebpf.RingBuf), ""),
		"mmapableArrays": found(mmapableArray(), ""),
		"perfEvent":      found(kernel.HaveProgramType(ebpf.PerfEvent), ""),
		"rawTracepoint":  found(kernel.HaveProgramType(ebpf.RawTracepoint), ""),
		"bpfLoop":        found(kernel.HaveProgramHelper(ebpf.PerfEvent, asm.FnLoop), ""),
		"attachCookie":   found(kernel.HaveProgramHelper(ebpf.Kprobe, asm.FnGetAttachCookie), ""),
	}
	programs := map[string]string{
		"programs": profilebpf.Sample, "offCpuPrograms": profilebpf.SchedSwitch,
		"uprobePrograms": profilebpf.ProbeUprobe, "tracepointPrograms": profilebpf.ProbeTracepoint,
	}
	for name, program := range programs {
		findings[name] = loadable(program)
	}
	return findings
}

func loadable(program string) Finding {
	loaded, err := profilebpf.Load(profilebpf.Options{Programs: []string{program}})
	if err != nil {
		return Finding{false, err.Error()}
	}
	defer loaded.Close()
	return Finding{true, string(loaded.Variant)}
}

func mmapableArray() error {
	m, err := ebpf.NewMap(&ebpf.MapSpec{
		Type: ebpf.Array, KeySize: 4, ValueSize: 8, MaxEntries: 1, Flags: unix.BPF_F_MMAPABLE,
	})
	if err != nil {
		return err
	}
	defer m.Close()
	memory, err := unix.Mmap(m.FD(), 0, os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_SHARED)
	if err != nil {
		return err
	}
	return unix.Munmap(memory)
}

func perfFindings() map[string]Finding {
	online, err := perfevent.OnlineCPUs()
	if err == nil && len(online) == 0 {
		err = errors.New("no CPU is online")
	}
	if err != nil {
		return map[string]Finding{"cpuClock": found(err, "")}
	}
	cpu := online[0]
	return map[string]Finding{
		"cpuClock":       found(perfevent.TryEvent(cpu, unix.PERF_TYPE_SOFTWARE, unix.PERF_COUNT_SW_CPU_CLOCK), ""),
		"hardwareCycles": found(perfevent.TryEvent(cpu, unix.PERF_TYPE_HARDWARE, unix.PERF_COUNT_HW_CPU_CYCLES), ""),
		"taskRecords":    taskRecords(cpu),
		"uprobes":        readable("/sys/bus/event_source/devices/uprobe/type"),
	}
}

func taskRecords(cpu int) Finding {
	ring, err := perfevent.OpenTaskEvent(cpu)
	if err != nil {
		return Finding{false, err.Error()}
	}
	ring.Close()
	return Finding{true, ""}
}
