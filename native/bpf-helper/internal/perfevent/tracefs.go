// SPDX-License-Identifier: Apache-2.0

package perfevent

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// ErrNoTracefs is a tracefs that is not mounted and may not be.
var ErrNoTracefs = errors.New("tracefs, which has the numbers of tracepoints, is not mounted")

var tracefsPaths = [...]string{"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}

// TracepointID returns the number of `category:name`. Where tracefs is not mounted it is looked at
// through a mount that only this process has a descriptor of, so nothing of the host changes.
func TracepointID(category, name string) (uint64, error) {
	for _, part := range []string{category, name} {
		if part == "" || strings.ContainsAny(part, "/.\x00") {
			return 0, fmt.Errorf("tracepoint %s:%s: %w", category, name, unix.EINVAL)
		}
	}
	path := "events/" + category + "/" + name + "/id"
	for _, root := range tracefsPaths {
		if _, err := os.Stat(root + "/events"); err == nil {
			return readID(unix.AT_FDCWD, root+"/"+path)
		}
	}
	mount, err := DetachedMount("tracefs")
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNoTracefs, err)
	}
	defer unix.Close(mount)
	return readID(mount, path)
}

// DetachedMount mounts a file system of the kernel where only the holder of the descriptor sees it
// (Linux 5.2).
func DetachedMount(kind string) (int, error) {
	context, err := unix.Fsopen(kind, unix.FSOPEN_CLOEXEC)
	if err != nil {
		return -1, err
	}
	defer unix.Close(context)
	if err := unix.FsconfigCreate(context); err != nil {
		return -1, err
	}
	return unix.Fsmount(context, unix.FSMOUNT_CLOEXEC, unix.MOUNT_ATTR_RDONLY)
}

func readID(folder int, path string) (uint64, error) {
	fd, err := unix.Openat(folder, path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) {
		return 0, fmt.Errorf("there is no tracepoint at %s: %w", path, err)
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	file := os.NewFile(uintptr(fd), path)
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, 64))
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(strings.TrimSpace(string(text)), 10, 32)
}
