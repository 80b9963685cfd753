// SPDX-License-Identifier: Apache-2.0

// Package features finds out what this kernel and this user may do, by trying, not by versions.
package features

import (
	"os"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/perfevent"
)

// Finding is one line of the report.
type Finding struct {
	// Available is whether it can be used here and now.
	Available bool `json:"available"`
	// Detail says what was found, or why it cannot be used.
	Detail string `json:"detail,omitempty"`
}

// Hello answers the request of that name: nothing that takes time.
func Hello(version int) map[string]any {
	cpus, _ := perfevent.OnlineCPUs()
	return map[string]any{
		"version": version, "pid": os.Getpid(), "kernel": kernelRelease(), "cpus": len(cpus),
		"features": map[string]any{"machine": runtime.GOARCH},
	}
}

// Probe answers the request of that name. Nothing stays loaded or attached.
func Probe() map[string]any {
	findings := map[string]any{
		"kernel":              kernelRelease(),
		"machine":             runtime.GOARCH,
		"lockdown":            lockdown(),
		"capabilities":        capabilities(),
		"bpfJit":              jit(),
		"unprivilegedBpf":     setting("/proc/sys/kernel/unprivileged_bpf_disabled"),
		"perfParanoid":        setting("/proc/sys/kernel/perf_event_paranoid"),
		"kptrRestrict":        setting("/proc/sys/kernel/kptr_restrict"),
		"perfMaxSampleRate":   setting("/proc/sys/kernel/perf_event_max_sample_rate"),
		"initialPidNamespace": InitialPIDNamespace(),
		"btf":                 readable("/sys/kernel/btf/vmlinux"),
		"tracefs":             tracefs(),
		"freeze":              CheckFreeze(),
	}
	for name, finding := range bpfFindings() {
		findings[name] = finding
	}
	for name, finding := range perfFindings() {
		findings[name] = finding
	}
	return findings
}

func kernelRelease() string {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return ""
	}
	return unix.ByteSliceToString(name.Release[:])
}

func found(err error, detail string) Finding {
	if err != nil {
		return Finding{false, err.Error()}
	}
	return Finding{true, detail}
}

func readable(path string) Finding {
	file, err := os.Open(path)
	if err == nil {
		file.Close()
	}
	return found(err, path)
}

// setting is the text of a file below /proc/sys, "" when it is not there.
func setting(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// jit is about CONFIG_BPF_JIT_ALWAYS_ON too, where the setting cannot be 0.
func jit() Finding {
	value := setting("/proc/sys/net/core/bpf_jit_enable")
	return Finding{value == "1" || value == "2", "net.core.bpf_jit_enable = " + value}
}

const initialPIDInode = "pid:[4026531836]" // PROC_PID_INIT_INO, include/linux/proc_ns.h

// InitialPIDNamespace has to be ours: BPF programs see the PIDs of that one, perf records those of
// the reader's.
func InitialPIDNamespace() Finding {
	link, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return found(err, "")
	}
	if link != initialPIDInode {
		return Finding{false, link + ": run in the host's PID namespace (hostPID: true)"}
	}
	return Finding{true, link}
}
