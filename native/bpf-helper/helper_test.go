// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"otelkit/bpf-helper/internal/session"
	"otelkit/bpf-helper/internal/wire"
)

func TestARunningProgramIsSampled(t *testing.T) {
	h := startHelper(t)
	child := busyChild(t)
	hello := h.must("hello", map[string]any{"version": 1})
	if hello["version"] != float64(wire.ProtocolVersion) || hello["pid"] != float64(h.command.Process.Pid) {
		t.Errorf("%v", hello)
	}
	h.start(map[string]any{"pids": []int{child.Process.Pid}})
	pid := uint32(child.Process.Pid)
	h.await("samples of the program", func() bool { return len(h.samples()) >= 20 })
	h.must("flush", nil)
	h.must("stop", nil)
	if code := h.exitCode(); code != session.ExitOK {
		t.Errorf("exit code %d", code)
	}
	for _, s := range h.samples() {
		if s.pid != pid || s.kind != 1 {
			t.Errorf("%+v, only process %d was asked for", s, pid)
		}
	}
	var found bool
	for _, e := range h.events() {
		found = found || e.kind == 1 && e.pid == pid && strings.Contains(e.text, "sh")
	}
	if !found {
		t.Error("no event tells of the program")
	}
	statistics := h.frames[wire.Statistics]
	if len(statistics) == 0 || !strings.Contains(string(statistics[len(statistics)-1]), `"samples":`) {
		t.Errorf("%d statistics", len(statistics))
	}
}

func TestANewProgramIsToldAndItsFilesAskedFor(t *testing.T) {
	h := startHelper(t)
	h.start(nil)
	// A file of its own, so that nobody else has it mapped.
	source, err := os.ReadFile("/bin/sleep")
	if err != nil {
		t.Skipf("skip: no /bin/sleep: %v", err)
	}
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "own-sleep")
	if err := os.WriteFile(path, source, 0o755); err != nil {
		t.Fatal(err)
	}
	child := exec.Command(path, "1000")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Wait()
	defer child.Process.Kill()
	pid := uint32(child.Process.Pid)
	h.await("the exec", func() bool {
		for _, e := range h.events() {
			if e.kind == 3 && e.pid == pid {
				return strings.Contains(e.text, path)
			}
		}
		return false
	})
	for _, f := range h.newFiles() {
		key := f["key"].(string)
		if key != "vdso" && !strings.HasPrefix(key, "i:") {
			t.Errorf("%v", f)
		}
		h.must("file", map[string]any{
			"key": key, "slot": 1, "kind": "native",
			"segments": []map[string]any{{"offset": 0, "vaddr": 0, "size": 1 << 20}},
		})
	}
	h.must("filter", map[string]any{"include": []uint32{pid}})
	h.must("rate", map[string]any{"hz": 10})
	h.must("pause", nil)
	h.must("resume", nil)
	h.must("unload", map[string]any{"slot": 1})
	h.must("stop", nil)
	if code := h.exitCode(); code != session.ExitOK {
		t.Errorf("exit code %d", code)
	}
}

func TestEveryProcessOfAStormIsTold(t *testing.T) {
	const count = 100
	h := startHelper(t)
	h.start(nil)
	script := fmt.Sprintf("i=0; while [ $i -lt %d ]; do /bin/true; i=$((i+1)); done; exit 7", count)
	storm := exec.Command("/bin/sh", "-c", script)
	if err := storm.Run(); storm.ProcessState == nil || storm.ProcessState.ExitCode() != 7 {
		t.Fatal(err)
	}
	h.must("stop", nil)
	if code := h.exitCode(); code != session.ExitOK {
		t.Errorf("exit code %d", code)
	}
	const fork, exec, exit = 2, 3, 5
	told := map[uint32]int{}
	for _, e := range h.events() {
		if e.ppid != uint32(storm.Process.Pid) {
			continue
		}
		switch {
		case e.kind == fork && told[e.pid] == 0, e.kind == exec && told[e.pid] == 1,
			e.kind == exit && told[e.pid] == 2:
			told[e.pid]++
		case e.kind == fork || e.kind == exec || e.kind == exit:
			t.Errorf("process %d: event %d after %d", e.pid, e.kind, told[e.pid])
		}
	}
	whole := 0
	for _, events := range told {
		if events == 3 {
			whole++
		}
	}
	if whole != count {
		t.Errorf("%d of %d processes were told from fork to exit", whole, count)
	}
}

func TestSwitchesAndProbesAreSampled(t *testing.T) {
	h := startHelper(t)
	h.start(map[string]any{
		"offCpuProbability": 1, "probes": []string{"tracepoint:sched:sched_process_exec"},
	})
	if err := exec.Command("/bin/sh", "-c", "exit 0").Run(); err != nil {
		t.Fatal(err)
	}
	h.await("a sample off CPU and one of the probe", func() bool {
		var off, probe bool
		for _, s := range h.samples() {
			off = off || s.kind&0xff == 3
			probe = probe || s.kind&0xffff == 5
		}
		return off && probe
	})
	h.must("stop", nil)
}

func TestRequestsThatCannotBeMetAreAnswered(t *testing.T) {
	h := startHelper(t)
	expect := func(want string, op string, members map[string]any) {
		t.Helper()
		if got := code(h.request(op, members)); got != want {
			t.Errorf("%s %v: %v, expected %s", op, members, got, want)
		}
	}
	expect("NOT_STARTED", "flush", nil)
	for _, bad := range []map[string]any{
		{"hz": 0}, {"hz": 10001}, {"hz": 99, "event": "moon"}, {"hz": 99, "offCpuProbability": 2},
		{"hz": 99, "ringBytes": 12345}, {"hz": 99, "mapScale": 9}, {"hz": "fast"},
		{"hz": 99, "probes": []string{"kprobe:do_exit"}}, {"hz": 99, "probes": []string{"uprobe:x:y"}},
	} {
		expect("BAD_REQUEST", "start", bad)
	}
	h.start(nil)
	expect("STARTED", "start", map[string]any{"hz": 99})
	expect("UNKNOWN_OP", "dance", nil)
	expect("BAD_REQUEST", "unload", map[string]any{"slot": 0})
	expect("BAD_REQUEST", "file", map[string]any{"key": "i:0", "slot": 70000, "kind": "native"})
	expect("NOT_FOUND", "load", map[string]any{"slot": 1, "path": "/nonexistent/table"})
	expect("BAD_REQUEST", "load", map[string]any{"slot": 1, "path": "/dev/zero"})
	noTable := filepath.Join(t.TempDir(), "no-table")
	if err := os.WriteFile(noTable, []byte("of something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	expect("BAD_TABLE", "load", map[string]any{"slot": 1, "path": noTable})
	damaged := binary.LittleEndian.AppendUint32(nil, 1)
	id := h.send(wire.Table, append(damaged, "OTKUNW\x00\x01"...))
	if got := code(h.reply(id, "a damaged table")); got != "BAD_TABLE" {
		t.Errorf("a damaged table: %v", got)
	}
	h.send(0x7f, []byte("of another kind")) // Ignored.
	h.must("stats", nil)
}

func TestStoppingWhatHasNotStartedEndsItToo(t *testing.T) {
	h := startHelper(t)
	h.must("stop", nil)
	if code := h.exitCode(); code != session.ExitOK {
		t.Errorf("exit code %d", code)
	}
}

func TestAMalformedFrameEndsItWithAnError(t *testing.T) {
	h := startHelper(t)
	h.must("hello", nil)
	if _, err := h.stdin.Write([]byte{1, 0, 0, 0, 1, 0, 0, 0, 0}); err != nil {
		t.Fatal(err)
	}
	if got := code(h.reply(0, "a malformed frame")); got != "BAD_FRAME" {
		t.Errorf("%v", got)
	}
	if code := h.exitCode(); code != session.ExitBadFrame {
		t.Errorf("exit code %d", code)
	}
}

func TestItEndsWhenItsInputDoes(t *testing.T) {
	h := startHelper(t)
	h.start(nil)
	h.stdin.Close()
	if code := h.exitCode(); code != session.ExitOK {
		t.Errorf("exit code %d", code)
	}
}

func TestItEndsWithItsParentThoughItsInputStaysOpen(t *testing.T) {
	stdin, input, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer input.Close()
	output, stdout, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	// The shell waits for the helper, which is its child.
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent := exec.Command("/bin/sh", "-c", `"$0" <&3 & wait`, own)
	parent.Env = []string{beHelper + "=1"}
	parent.Stdout, parent.ExtraFiles = stdout, []*os.File{stdin}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	stdin.Close()
	stdout.Close()
	// It answers, so it has asked for the signal by then.
	hello := wire.End(append(wire.Begin(nil, wire.Request, 1), `{"op":"hello"}`...), 0)
	if _, err := input.Write(hello); err != nil {
		t.Fatal(err)
	}
	reply := make([]byte, 9)
	if _, err := output.Read(reply); err != nil {
		t.Fatal(err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	parent.Wait()
	timer := time.AfterFunc(patience, func() {
		t.Error("it lives on")
		input.Close()
	})
	defer timer.Stop()
	// Its end closes the last descriptor of the pipe.
	for {
		if _, err := output.Read(make([]byte, 4096)); err != nil {
			break
		}
	}
}

func TestSignalsOfATerminalAreLeftToTheTool(t *testing.T) {
	h := startHelper(t)
	h.must("hello", nil)
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if err := h.command.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	h.must("hello", nil)
}
