// SPDX-License-Identifier: Apache-2.0

// Package exit flushes what is queued however the program ends: os.Exit (log.Fatal too), a panic
// that nobody recovers, and the signals that end a program which does not handle them.
package exit

import (
	"os"
	"os/signal"
	"syscall"
	_ "unsafe" // for linkname

	"otelkit.dev/go/boot"
)

//go:linkname beforeExit os.otelkitExit
var beforeExit func()

//go:linkname beforePanic runtime.otelkitPanic
var beforePanic func()

// signals is os/signal.otelkitSignals: whether anybody but c asked for sig.
//
//go:linkname signals os/signal.otelkitSignals
var signals struct {
	others func(c chan<- os.Signal, sig os.Signal) bool
}

func init() {
	beforeExit, beforePanic = boot.Shutdown, boot.Shutdown
	if signals.others != nil && boot.Running() {
		watch()
	}
}

// watch takes the signals whose default is to end the program. A program that asks for one itself
// decides alone; else what is queued is sent and the signal raised again with its default effect.
func watch() {
	c := make(chan os.Signal, 2)
	for _, s := range []os.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		if !signal.Ignored(s) { // nohup, and shells' background jobs
			signal.Notify(c, s)
		}
	}
	go func() {
		for s := range c {
			if signals.others(c, s) {
				go boot.Flush()
				continue
			}
			done := make(chan struct{})
			go func() { boot.Shutdown(); close(done) }()
			select {
			case <-done:
			case <-c: // asked twice
			}
			signal.Stop(c)
			signal.Reset(s)
			raise(s)
		}
	}()
}

func raise(s os.Signal) {
	p, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = p.Signal(s)
	}
	if err != nil {
		os.Exit(1)
	}
}
