// SPDX-License-Identifier: Apache-2.0

package perfevent

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"otelkit/bpf-helper/internal/limits"
)

const (
	onlinePath   = "/sys/devices/system/cpu/online"
	possiblePath = "/sys/devices/system/cpu/possible"
)

// OnlineCPUs returns the numbers of the CPUs that run now.
func OnlineCPUs() ([]int, error) { return readCPUs(onlinePath) }

// PossibleCPUs is the highest number of a CPU that may ever come, plus one.
func PossibleCPUs() (int, error) {
	cpus, err := readCPUs(possiblePath)
	if err != nil || len(cpus) == 0 {
		return 0, err
	}
	return cpus[len(cpus)-1] + 1, nil
}

func readCPUs(path string) ([]int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	cpus, err := ParseCPUList(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return cpus, nil
}

// ParseCPUList reads `0-3,8,10-11`, ascending as the kernel writes it.
func ParseCPUList(list string) ([]int, error) {
	var cpus []int
	if list == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(list, ",") {
		low, high, isRange := strings.Cut(part, "-")
		first, err := strconv.Atoi(low)
		last := first
		if err == nil && isRange {
			last, err = strconv.Atoi(high)
		}
		if err != nil || first < 0 || last < first || last >= limits.CPUs {
			return nil, fmt.Errorf("CPU list %q", list)
		}
		if len(cpus) > 0 && cpus[len(cpus)-1] >= first {
			return nil, fmt.Errorf("CPU list %q is not ascending", list)
		}
		for cpu := first; cpu <= last; cpu++ {
			cpus = append(cpus, cpu)
		}
	}
	return cpus, nil
}
