// SPDX-License-Identifier: Apache-2.0

// otel-bpf-helper is the only program of otelkit that calls bpf(2) and perf_event_open(2). It is
// started by the tools and speaks docs/profile-internals.md §4 over its stdin and stdout.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/session"
	"otelkit/bpf-helper/internal/wire"
)

const (
	// A small heap collected often: what lives is a few megabytes, and the tools share the machine.
	gcPercent   = 50
	memoryLimit = 96 << 20
	maxThreads  = 4
)

func init() {
	// The signal of a parent's death belongs to the thread that asks for it: this one must stay.
	runtime.LockOSThread()
}

func main() {
	if len(os.Args) > 1 {
		if os.Args[1] == "--version" {
			fmt.Printf("otel-bpf-helper, protocol %d\n", wire.ProtocolVersion)
			return
		}
		fmt.Fprintln(os.Stderr, "usage: otel-bpf-helper [--version]; it is run by otel-profile")
		os.Exit(session.ExitUsage)
	}
	dieWithParent()
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
	runtime.GOMAXPROCS(min(maxThreads, runtime.NumCPU()))
	os.Exit(session.Run(os.Stdin, os.Stdout))
}

// dieWithParent covers a parent whose stdin pipe somebody else holds open too. Signals that reach a
// whole group or service are the tool's to act on: it asks for what is still to come.
func dieWithParent() {
	signal.Ignore(syscall.SIGPIPE, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	parent := os.Getppid()
	died := make(chan os.Signal, 1)
	signal.Notify(died, syscall.SIGUSR2)
	go func() {
		for range died {
			// A thread of the parent that ended sends the signal as well.
			if os.Getppid() != parent {
				session.Detach()
				os.Exit(session.ExitOK)
			}
		}
	}()
	_ = unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(syscall.SIGUSR2), 0, 0, 0)
	if os.Getppid() != parent {
		os.Exit(session.ExitOK)
	}
}
