// SPDX-License-Identifier: Apache-2.0

package procfs

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"otelkit/bpf-helper/internal/limits"
)

// PIDs returns the processes that run now.
func PIDs() ([]uint32, error) {
	folder, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	names, err := folder.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var pids []uint32
	for _, name := range names {
		if pid, err := strconv.ParseUint(name, 10, 32); err == nil {
			pids = append(pids, uint32(pid))
		}
	}
	return pids, nil
}

// Status is what /proc/PID/stat tells.
type Status struct {
	Comm    string
	State   byte
	PPID    uint32
	Threads int
	Kernel  bool // a kernel thread
}

const (
	flagKernelThread = 0x00200000 // PF_KTHREAD, include/linux/sched.h
	statState        = 0
	statPPID         = 1
	statFlags        = 6
	statThreads      = 17
	statFields       = 18
)

// ReadStatus reads /proc/PID/stat; the name may hold anything, so the fields are counted from its end.
func ReadStatus(pid uint32) (Status, error) {
	data, err := readOf(pid, "stat", 4096)
	if err != nil {
		return Status{}, err
	}
	open, end := bytes.IndexByte(data, '('), bytes.LastIndexByte(data, ')')
	if open < 0 || end < open {
		return Status{}, fmt.Errorf("/proc/%d/stat: no name", pid)
	}
	fields := strings.Fields(string(data[end+1:]))
	if len(fields) < statFields {
		return Status{}, fmt.Errorf("/proc/%d/stat: %d fields", pid, len(fields))
	}
	ppid, _ := strconv.ParseUint(fields[statPPID], 10, 32)
	flags, _ := strconv.ParseUint(fields[statFlags], 10, 64)
	threads, _ := strconv.Atoi(fields[statThreads])
	return Status{
		Comm: string(data[open+1 : end]), State: fields[statState][0], PPID: uint32(ppid),
		Threads: threads, Kernel: flags&flagKernelThread != 0,
	}, nil
}

// ExecutablePath is where /proc/PID/exe points; "" when that cannot be read.
func ExecutablePath(pid uint32) string {
	path, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return ""
	}
	return path[:min(len(path), limits.PathBytes)]
}

// Cgroup returns the path of the unified hierarchy, or of the first one that is not the root.
func Cgroup(pid uint32) string {
	data, err := readOf(pid, "cgroup", 16384)
	if err != nil {
		return ""
	}
	return cgroupOf(string(data))
}

func cgroupOf(text string) string {
	other := ""
	for line := range strings.SplitSeq(text, "\n") {
		parts := strings.SplitN(line, ":", 3)
		if len(parts) < 3 {
			continue
		}
		path := parts[2][:min(len(parts[2]), limits.CgroupBytes)]
		// On hybrid hosts (cgroup v1 with an empty v2 tree beside it) the container is in v1's paths.
		if parts[0] == "0" && path != "/" {
			return path
		}
		if other == "" && path != "/" {
			other = path
		}
	}
	if other == "" {
		return "/"
	}
	return other
}

// HasOtherThreads tells whether a process lives on though its main thread has ended.
func HasOtherThreads(pid uint32) bool {
	folder, err := os.Open(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return false
	}
	defer folder.Close()
	names, _ := folder.Readdirnames(3)
	own := strconv.FormatUint(uint64(pid), 10)
	for _, name := range names {
		if name != own {
			return true
		}
	}
	return false
}
