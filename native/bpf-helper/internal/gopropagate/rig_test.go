// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cilium/ebpf"
)

const (
	kindHTTPClient = 2
	kindGRPCClient = 4
	sampled        = 1
	ownHeader      = 0x80
)

// rig is an open propagator with a map of open spans of its own.
type rig struct {
	*Propagator
	t      *testing.T
	active *ebpf.Map
}

func newRig(t *testing.T, way Mechanism) *rig {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("skip: needs root")
	}
	spec, err := ebpf.LoadCollectionSpecFromReader(bytes.NewReader(object))
	if err != nil {
		t.Fatal(err)
	}
	active, err := ebpf.NewMap(spec.Maps["active"])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { active.Close() })
	p, err := Open(Options{Active: active, Try: []Mechanism{way}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	if p.Mechanism() != way {
		var refused *ebpf.VerifierError
		if errors.As(p.why[way], &refused) && !strings.Contains(p.Why()[way], "cannot use helper") {
			t.Fatalf("%+v", refused)
		}
		t.Skipf("skip: this kernel refuses the way %s: %.300s", way, p.Why()[way])
	}
	return &rig{p, t, active}
}

// span opens one: struct span_key and struct open_span of bpf/go/layouts.h. Its trace ID is made of
// the goroutine's number.
func (r *rig) span(id uint64, pid int, kind uint32, flags byte) {
	key := binary.LittleEndian.AppendUint64(nil, id)
	key = binary.LittleEndian.AppendUint32(key, uint32(pid))
	key = binary.LittleEndian.AppendUint32(key, kind)
	value := make([]byte, r.active.ValueSize())
	binary.BigEndian.PutUint64(value[0:], 0xfeedfacecafebeef)
	binary.BigEndian.PutUint64(value[8:], id)
	binary.BigEndian.PutUint64(value[16:], ^id)
	value[24], value[25] = sampled, flags
	if err := r.active.Put(key, value); err != nil {
		r.t.Fatal(err)
	}
}

// state gives the trace of a goroutine's span a `tracestate`: struct trace_state.
func (r *rig) state(id uint64, text string) {
	key := binary.BigEndian.AppendUint64(nil, 0xfeedfacecafebeef)
	key = binary.BigEndian.AppendUint64(key, id)
	states := r.collection.Maps["trace_states"]
	value := make([]byte, states.ValueSize())
	binary.LittleEndian.PutUint32(value, uint32(len(text)))
	copy(value[4:], text)
	if err := states.Put(key, value); err != nil {
		r.t.Fatal(err)
	}
}

func traceparentOf(id uint64) string {
	return fmt.Sprintf("00-feedfacecafebeef%016x-%016x-01", id, ^id)
}

// client is a running program of testdata.
type client struct {
	*exec.Cmd
	t     *testing.T
	stdin io.WriteCloser
	lines *bufio.Scanner
	errs  bytes.Buffer
	goids []uint64
}

// start runs a program until it is ready and opens a span for each of its goroutines.
func (r *rig) start(path string, kind uint32, flags byte, arguments ...string) *client {
	r.t.Helper()
	return r.begun(path, func(goid uint64, pid int) { r.span(goid, pid, kind, flags) }, arguments...)
}

// begun runs a program until it is ready and tells each of its goroutines.
func (r *rig) begun(path string, each func(goid uint64, pid int), arguments ...string) *client {
	r.t.Helper()
	c := &client{Cmd: exec.Command(path, arguments...), t: r.t}
	c.Stderr = &c.errs
	out, err := c.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if c.stdin, err = c.StdinPipe(); err != nil {
		r.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	c.lines = bufio.NewScanner(out)
	for c.lines.Scan() && c.lines.Text() != "ready" {
		text, found := strings.CutPrefix(c.lines.Text(), "goid ")
		goid, err := strconv.ParseUint(text, 10, 64)
		if !found || err != nil {
			continue
		}
		c.goids = append(c.goids, goid)
		each(goid, c.Process.Pid)
	}
	if len(c.goids) == 0 {
		r.t.Fatalf("no goroutine was told: %s", c.errs.String())
	}
	return c
}

// run lets it send and returns what it says at its end.
func (c *client) run() map[string]int {
	c.t.Helper()
	c.begin()
	return c.finish()
}

func (c *client) begin() {
	if _, err := io.WriteString(c.stdin, "go\n"); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) finish() map[string]int {
	c.t.Helper()
	said := map[string]int{"failures": -1}
	stuck := time.AfterFunc(4*time.Minute, func() { _ = c.Process.Kill() })
	defer stuck.Stop()
	for c.lines.Scan() {
		// The number is the last word.
		line := c.lines.Text()
		if at := strings.LastIndex(line, " "); at > 0 {
			said[line[:at]], _ = strconv.Atoi(line[at+1:])
		}
	}
	if said["failures"] != 0 {
		c.t.Errorf("%d requests failed: %s", said["failures"], c.errs.String())
	}
	return said
}

// attach attaches to a program and joins a process.
func (r *rig) attach(path string, pids ...int) *Attachment {
	r.t.Helper()
	a, problems, err := r.Attach(describe(r.t, path))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, problem := range problems {
		r.t.Errorf("problem: %+v", problem)
	}
	r.t.Cleanup(func() { a.Close() })
	for _, pid := range pids {
		if _, err := r.AddProcess(pid); err != nil {
			r.t.Fatal(err)
		}
	}
	return a
}
