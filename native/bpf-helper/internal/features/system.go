// SPDX-License-Identifier: Apache-2.0

package features

import (
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/perfevent"
)

const lockdownPath = "/sys/kernel/security/lockdown"

// lockdown returns none, integrity, confidentiality, absent (no such module) or unknown. Where
// securityfs is not mounted it is looked at through a mount of our own.
func lockdown() string {
	text, err := os.ReadFile(lockdownPath)
	if err != nil {
		text, err = readThroughMount("securityfs", "lockdown")
	}
	if os.IsNotExist(err) {
		return "absent"
	}
	if err != nil {
		return "unknown"
	}
	return chosen(string(text))
}

// chosen takes the word in brackets: `none [integrity] confidentiality`.
func chosen(text string) string {
	_, rest, found := strings.Cut(text, "[")
	word, _, closed := strings.Cut(rest, "]")
	if !found || !closed {
		return "unknown"
	}
	return word
}

func readThroughMount(kind, path string) ([]byte, error) {
	mount, err := perfevent.DetachedMount(kind)
	if err != nil {
		return nil, err
	}
	defer unix.Close(mount)
	fd, err := unix.Openat(mount, path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), path)
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, 4096))
}

func tracefs() Finding {
	_, err := perfevent.TracepointID("sched", "sched_process_exec")
	return found(err, "tracepoints can be probed")
}

// What the helper can make use of, include/uapi/linux/capability.h.
var capabilityBits = map[string]uint{
	"CAP_DAC_READ_SEARCH": 2, "CAP_IPC_LOCK": 14, "CAP_SYS_PTRACE": 19, "CAP_SYS_ADMIN": 21,
	"CAP_SYS_NICE": 23, "CAP_SYS_RESOURCE": 24, "CAP_SYSLOG": 34, "CAP_PERFMON": 38, "CAP_BPF": 39,
	"CAP_CHECKPOINT_RESTORE": 40,
}

// capabilities tells which of them are effective.
func capabilities() map[string]bool {
	held := map[string]bool{}
	effective := effectiveCapabilities()
	for name, bit := range capabilityBits {
		held[name] = effective>>bit&1 != 0
	}
	return held
}

func effectiveCapabilities() uint64 {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.SplitSeq(string(text), "\n") {
		if value, ok := strings.CutPrefix(line, "CapEff:"); ok {
			bits, _ := strconv.ParseUint(strings.TrimSpace(value), 16, 64)
			return bits
		}
	}
	return 0
}
