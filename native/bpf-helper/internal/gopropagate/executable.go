// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// executableKey is struct executable_key: a file as the kernel numbers it.
type executableKey struct {
	Inode        uint64
	Device, Zero uint32
}

const minorBits = 20 // include/linux/kdev_t.h

func executableOf(path string) (executableKey, error) {
	var stat unix.Stat_t
	if err := unix.Stat(path, &stat); err != nil {
		return executableKey{}, fmt.Errorf("%s: %w", path, err)
	}
	device := unix.Major(stat.Dev)<<minorBits | unix.Minor(stat.Dev)
	return executableKey{Inode: stat.Ino, Device: device}, nil
}

// everyProcess joins the connections of all processes that run a file, now and later. On file
// systems whose numbers are others inside the kernel, a later process is known from its first
// request on.
func (a *Attachment) everyProcess(path string) error {
	key, err := executableOf(path)
	if err != nil {
		return err
	}
	if err := a.propagator.collection.Maps["propagate_executables"].Put(key, uint32(1)); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	a.executable = key
	names, err := os.ReadDir("/proc")
	if err != nil {
		return err
	}
	for _, name := range names {
		pid, err := strconv.Atoi(name.Name())
		if err != nil {
			continue
		}
		if other, err := executableOf("/proc/" + name.Name() + "/exe"); err == nil && other == key {
			// One that has gone meanwhile, or whose connections cannot be had, is no reason to stop.
			_, _ = a.propagator.AddProcess(pid)
		}
	}
	return nil
}
