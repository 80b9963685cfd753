// SPDX-License-Identifier: Apache-2.0
package profilebpf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"golang.org/x/sys/unix"
)

const counterProbeHits = 24

func (r *rig) attachUprobe(c *child, program *ebpf.Program, cookie uint64) {
	r.t.Helper()
	file, err := link.OpenExecutable(c.path)
	if err != nil {
		r.t.Fatal(err)
	}
	// Linked at 0x400000, so that the file's offsets are the rest of the address.
	l, err := file.Uprobe("", program, &link.UprobeOptions{
		Address: c.address("probed") - 0x400000, PID: int(c.pid), Cookie: cookie,
	})
	if err != nil {
		r.t.Skipf("skip: no uprobes here: %v", err)
	}
	r.t.Cleanup(func() { l.Close() })
}

// hit lets the program call its function and checks each record.
func (r *rig) hit(c *child, times int, probe uint8) {
	r.t.Helper()
	if _, err := c.in.Write([]byte("\n")); err != nil {
		r.t.Fatal(err)
	}
	c.waitReady(r.t)
	for range times {
		rec := r.next()
		h := rec.Header
		if got := c.chain(rec); got != "probed call_probed run main _start" || h.End != complete {
			r.t.Errorf("ended by %d: %s", h.End, got)
		}
		if h.Kind != 5 || h.Probe != probe || h.Flags != 1 || h.TGID != c.pid || len(rec.kernel) != 0 {
			r.t.Errorf("header %+v", h)
		}
	}
	if n := r.counters(); n[counterProbeHits] != uint64(times) {
		r.t.Errorf("counters %v", n)
	}
}

func TestStacksAtUprobes(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		r := newRig(t, v, config{}, ProbeUprobe)
		c := chainProgram(t).start(t, "probe", "50")
		r.addChild(c)
		if r.AttachCookies {
			r.attachUprobe(c, r.Program(ProbeUprobe), 42)
			r.hit(c, 50, 42)
			return
		}
		// Without cookies each probe has an instance of its own, which shares all else.
		more := load(t, Options{
			Variants: []Variant{v}, Programs: []string{ProbeUprobe}, Probe: 9, Share: r.Loaded,
		})
		r.attachUprobe(c, more.Program(ProbeUprobe), 0)
		r.hit(c, 50, 9)
	})
}

// A uretprobe, whoever set it, replaces return addresses on the stack.
func TestStacksGoOnAboveUretprobes(t *testing.T) {
	eachVariant(t, func(t *testing.T, v Variant) {
		r := newRig(t, v, config{}, ProbeUprobe)
		c := chainProgram(t).start(t, "probe", "20")
		r.addChild(c)
		file, err := link.OpenExecutable(c.path)
		if err != nil {
			t.Fatal(err)
		}
		for _, function := range []string{"call_probed"} {
			l, err := file.Uretprobe("", r.Program(ProbeUprobe), &link.UprobeOptions{
				Address: c.address(function) - 0x400000, PID: int(c.pid),
			})
			if err != nil {
				t.Skipf("skip: no uretprobes here: %v", err)
			}
			defer l.Close()
		}
		r.attachUprobe(c, r.Program(ProbeUprobe), 0)
		if _, err := c.in.Write([]byte("\n")); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			rec := r.next()
			if got := c.chain(rec); got != "probed call_probed run main _start" || rec.Header.End != complete {
				t.Fatalf("ended by %d: %s", rec.Header.End, got)
			}
		}
		// At a return the function itself is gone.
		if got := c.chain(r.next()); got != "run main _start" {
			t.Errorf("at the return: %s", got)
		}
	})
}

func TestStacksAtTracepoints(t *testing.T) {
	id := tracepointID(t, "syscalls/sys_enter_getppid")
	eachVariant(t, func(t *testing.T, v Variant) {
		// A program at a tracepoint runs for every process, whatever its event is limited to.
		r := newRig(t, v, config{Flags: onlyListed}, ProbeTracepoint)
		c := chainProgram(t).start(t, "syscalls", "0")
		r.addChild(c)
		attr := &unix.PerfEventAttr{Type: unix.PERF_TYPE_TRACEPOINT, Config: id, Sample: 1}
		r.openEvent(attr, c.pid, r.Program(ProbeTracepoint))
		for range 20 {
			rec := r.next()
			if got := c.chain(rec); got != "syscall call_kernel run main _start" ||
				rec.Header.End != complete || rec.Header.Kind != 5 {
				t.Fatalf("%+v: %s", rec.Header, got)
			}
		}
	})
}

// tracepointID reads a tracepoint's number, from a tracefs that only one thread sees.
func tracepointID(t *testing.T, name string) uint64 {
	t.Helper()
	type answer struct {
		text []byte
		err  error
	}
	answers := make(chan answer)
	dir := t.TempDir()
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with its mount namespace
		err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS)
		if err == nil {
			err = unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
		}
		if err == nil {
			err = unix.Mount("none", dir, "tracefs", 0, "")
		}
		if err != nil {
			answers <- answer{err: err}
			return
		}
		text, err := os.ReadFile(filepath.Join(dir, "events", name, "id"))
		answers <- answer{text, err}
	}()
	a := <-answers
	if a.err != nil {
		t.Skipf("skip: tracefs cannot be read: %v", a.err)
	}
	id, err := strconv.ParseUint(string(bytes.TrimSpace(a.text)), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// openEvent opens an event on one process and attaches the program.
func (r *rig) openEvent(attr *unix.PerfEventAttr, pid uint32, program *ebpf.Program) {
	r.t.Helper()
	attr.Size = uint32(binary.Size(attr))
	fd, err := unix.PerfEventOpen(attr, int(pid), -1, -1, unix.PERF_FLAG_FD_CLOEXEC)
	if errors.Is(err, os.ErrPermission) {
		r.t.Skipf("skip: perf_event_open is not permitted here: %v", err)
	}
	if err != nil {
		r.t.Fatalf("perf_event_open: %v", err)
	}
	r.t.Cleanup(func() { unix.Close(fd) })
	if err := unix.IoctlSetInt(fd, unix.PERF_EVENT_IOC_SET_BPF, program.FD()); err != nil {
		r.t.Fatalf("PERF_EVENT_IOC_SET_BPF: %v", err)
	}
}
