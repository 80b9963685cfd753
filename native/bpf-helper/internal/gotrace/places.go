// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"fmt"
	"io"

	"github.com/cilium/ebpf"

	"otelkit/bpf-helper/internal/limits"
	"otelkit/bpf-helper/internal/perfevent"
)

// Code reads the functions of one executable; for those that choose places by their own rules.
type Code struct {
	code  *code
	close func()
}

// OpenCode opens an executable; functions are those that may be asked for.
func OpenCode(path string, functions []Place) (*Code, error) {
	c, closeFile, err := openCode(path, functions)
	if err != nil {
		return nil, err
	}
	return &Code{c, closeFile}, nil
}

// Close closes its file.
func (c *Code) Close() { c.close() }

// Entry returns the file offset of the place behind a function's stack check, or of that check's jump
// (before Go 1.21), which is met a second time when the stack has grown.
func (c *Code) Entry(name string) (at uint64, isCheck bool, err error) {
	function, decoded, err := c.read(name)
	if err != nil {
		return 0, false, err
	}
	places := entry(decoded)
	if len(places) == 0 || places[0].kind != sitePush && places[0].kind != siteJBE {
		return 0, false, fmt.Errorf("%s checks no stack and saves no frame pointer", name)
	}
	at = function.FileOffset + places[0].vaddr - function.Vaddr
	return at, places[0].kind == siteJBE, nil
}

// Call returns the file offset of the first instruction in a function that calls another one.
func (c *Code) Call(name, callee string) (uint64, error) {
	at, decoded, err := c.read(name)
	if err != nil {
		return 0, err
	}
	target, there := c.code.functions[callee]
	if !there {
		return 0, fmt.Errorf("no function %s", callee)
	}
	calls := newFlow(decoded).callsTo(map[uint64]bool{target.Vaddr: true})
	if len(calls) == 0 {
		return 0, fmt.Errorf("%s does not call %s", name, callee)
	}
	return at.FileOffset + decoded[calls[0]].vaddr - at.Vaddr, nil
}

// Has tells whether the executable has a function.
func (c *Code) Has(name string) bool {
	_, there := c.code.functions[name]
	return there
}

func (c *Code) read(name string) (Place, []instruction, error) {
	at, there := c.code.functions[name]
	if !there {
		return at, nil, fmt.Errorf("no function %s", name)
	}
	if at.SizeBytes == 0 || at.SizeBytes > limits.GoFunctionBytes {
		return at, nil, fmt.Errorf("%s has %d bytes", name, at.SizeBytes)
	}
	text := make([]byte, at.SizeBytes)
	if _, err := c.code.file.ReadAt(text, int64(at.FileOffset)); err != nil {
		return at, nil, fmt.Errorf("reading %s: %w", name, err)
	}
	decoded, complete := decode(text, at.Vaddr, c.code.one)
	if !complete {
		return at, nil, fmt.Errorf("%s has an instruction that cannot be decoded", name)
	}
	return at, decoded, nil
}

// LinkUprobe attaches a program to one place of a file, until it is closed. The program is of the
// attach type for many places where HaveMulti is true.
func LinkUprobe(program *ebpf.Program, path string, fileOffset, cookie uint64, multi bool) (
	io.Closer, error,
) {
	if multi {
		a, err := linkMulti(program.FD(), path, []spot{{fileOffset, cookie}})
		if err != nil {
			return nil, err
		}
		return closer(a.close), nil
	}
	probe, err := perfevent.OpenUprobe(path, fileOffset, false, program.FD(), &cookie)
	if err != nil {
		return nil, err
	}
	return closer(probe.Close), nil
}

// TraceStates is the map of `tracestate` by trace ID, which propagation reads.
func (t *Tracer) TraceStates() *ebpf.Map { return t.programs.Maps["trace_states"] }

// HaveMulti tells whether this kernel attaches to many places by one link (Linux 6.6).
func HaveMulti() bool { return haveMulti() }

type closer func()

// Close detaches.
func (c closer) Close() error {
	c()
	return nil
}
