// SPDX-License-Identifier: Apache-2.0

package procfs

import (
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

const firstRead = 2048

// readOf reads up to limit bytes of /proc/PID/name. By plain system calls: os.Open would try to make
// the runtime wait for such files, at twice the cost, and this happens at each exec.
func readOf(pid uint32, name string, limit int) ([]byte, error) {
	var path [32]byte
	full := append(path[:0], "/proc/"...)
	full = strconv.AppendUint(full, uint64(pid), 10)
	full = append(append(full, '/'), name...)
	fd, err := unix.Open(string(full), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: string(full), Err: err}
	}
	defer unix.Close(fd)
	data := make([]byte, min(firstRead, limit))
	size := 0
	for {
		count, err := unix.Read(fd, data[size:])
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, &os.PathError{Op: "read", Path: string(full), Err: err}
		}
		size += count
		if count == 0 || size == limit {
			return data[:size], nil
		}
		if size == len(data) {
			data = append(data, make([]byte, min(len(data), limit-size))...)
		}
	}
}
