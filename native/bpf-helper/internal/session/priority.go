// SPDX-License-Identifier: Apache-2.0

package session

import (
	"os"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// raised, and not a real-time class: Go's runtime may spin for a thread that a real-time one keeps
// from running.
const raised, ordinary = -20, 0

// raisePriority lets the threads that wait for the kernel go before others when they wake: on a busy
// machine a new process would otherwise be known milliseconds later. Requests are answered on the
// main thread, which stays ordinary. Without CAP_SYS_NICE all do.
func raisePriority() {
	folder, err := os.Open("/proc/self/task")
	if err != nil {
		return
	}
	defer folder.Close()
	names, _ := folder.Readdirnames(-1)
	for _, name := range names {
		tid, err := strconv.Atoi(name)
		if err != nil || tid == os.Getpid() {
			continue
		}
		if unix.Setpriority(unix.PRIO_PROCESS, tid, raised) != nil {
			return
		}
	}
}

// ordinaryPriority is for long work in a goroutine, whose thread ends with it.
func ordinaryPriority() {
	runtime.LockOSThread()
	_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), ordinary)
}
