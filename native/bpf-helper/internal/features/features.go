// SPDX-License-Identifier: Apache-2.0

// Package features finds out what this kernel and this user may do, by trying, never by versions.
package features

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/perfevent"
)

// Hello answers the request of that name.
func Hello(version int) map[string]any {
	cpus, _ := perfevent.OnlineCPUs()
	return map[string]any{
		"version": version, "pid": os.Getpid(), "kernel": kernelRelease(), "cpus": len(cpus),
		"features": map[string]any{"arch": runtime.GOARCH},
	}
}

// Probe answers the request of that name.
func Probe() map[string]any { return map[string]any{} }

func kernelRelease() string {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return ""
	}
	return unix.ByteSliceToString(name.Release[:])
}
