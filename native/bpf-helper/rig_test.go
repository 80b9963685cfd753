// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"otelkit/bpf-helper/internal/wire"
)

// The test program is the helper itself when this is set, so that tests run what is shipped.
const beHelper = "OTELKIT_TEST_BE_HELPER"

// patience is how long anything may take on a machine that is busy; nothing waits for it to pass.
const patience = 60 * time.Second

func TestMain(m *testing.M) {
	if os.Getenv(beHelper) != "" {
		os.Args = os.Args[:1]
		main()
		return
	}
	os.Exit(m.Run())
}

// helper is a running one and everything that it said.
type helper struct {
	*testing.T
	command *exec.Cmd
	stdin   io.WriteCloser
	mutex   sync.Mutex
	changed *sync.Cond
	replies map[uint32]map[string]any
	frames  map[uint8][][]byte
	ended   bool
	nextID  uint32
}

func helperCommand() *exec.Cmd {
	command := exec.Command("/proc/self/exe")
	command.Env = []string{beHelper + "=1"}
	command.Stderr = os.Stderr
	return command
}

func startHelper(t *testing.T) *helper {
	t.Helper()
	command := helperCommand()
	stdin, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	h := &helper{
		T: t, command: command, stdin: stdin, replies: map[uint32]map[string]any{},
		frames: map[uint8][][]byte{},
	}
	h.changed = sync.NewCond(&h.mutex)
	timer := time.AfterFunc(patience, func() { command.Process.Kill() })
	t.Cleanup(func() {
		timer.Stop()
		stdin.Close()
		command.Process.Kill()
		command.Wait()
	})
	go h.read(stdout)
	return h
}

func (h *helper) read(out io.Reader) {
	for {
		var head [9]byte
		_, err := io.ReadFull(out, head[:])
		payload := []byte(nil)
		if err == nil {
			payload = make([]byte, binary.LittleEndian.Uint32(head[:])-5)
			_, err = io.ReadFull(out, payload)
		}
		h.mutex.Lock()
		switch {
		case err != nil:
			h.ended = true
		case head[4] == wire.Reply:
			reply := map[string]any{}
			_ = json.Unmarshal(payload, &reply)
			h.replies[binary.LittleEndian.Uint32(head[5:])] = reply
		default:
			h.frames[head[4]] = append(h.frames[head[4]], payload)
		}
		h.changed.Broadcast()
		h.mutex.Unlock()
		if err != nil {
			return
		}
	}
}

// await blocks until done says so; the helper's end fails the test.
func (h *helper) await(what string, done func() bool) {
	h.Helper()
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for !done() {
		if h.ended {
			h.Fatalf("the helper ended before %s", what)
		}
		h.changed.Wait()
	}
}

func (h *helper) send(kind uint8, payload []byte) uint32 {
	h.Helper()
	h.nextID++
	frame := wire.End(append(wire.Begin(nil, kind, h.nextID), payload...), 0)
	if _, err := h.stdin.Write(frame); err != nil {
		h.Fatal(err)
	}
	return h.nextID
}

// request returns the reply, whatever it is.
func (h *helper) request(op string, members map[string]any) map[string]any {
	h.Helper()
	body := map[string]any{"op": op}
	for name, value := range members {
		body[name] = value
	}
	text, err := json.Marshal(body)
	if err != nil {
		h.Fatal(err)
	}
	return h.reply(h.send(wire.Request, text), op)
}

func (h *helper) reply(id uint32, what string) (reply map[string]any) {
	h.Helper()
	h.await("the reply to "+what, func() bool {
		reply = h.replies[id]
		return reply != nil
	})
	return reply
}

// must is request for one that has to succeed.
func (h *helper) must(op string, members map[string]any) map[string]any {
	h.Helper()
	reply := h.request(op, members)
	if reply["ok"] != true {
		h.Fatalf("%s: %v", op, reply["error"])
	}
	return reply
}

// start begins profiling, or skips the test where that is not permitted.
func (h *helper) start(members map[string]any) {
	h.Helper()
	all := map[string]any{"hz": 499, "event": "cpu-clock", "pollMs": 20, "maxUserFrames": 1024}
	for name, value := range members {
		all[name] = value
	}
	reply := h.request("start", all)
	if code(reply) == "NOT_PERMITTED" {
		h.Skip("skip: BPF or perf events are not permitted here, run as root")
	}
	if reply["ok"] != true {
		h.Fatalf("start: %v", reply["error"])
	}
}

func code(reply map[string]any) any {
	failure, _ := reply["error"].(map[string]any)
	return failure["code"]
}

// exitCode waits for the end.
func (h *helper) exitCode() int {
	h.mutex.Lock()
	for !h.ended {
		h.changed.Wait()
	}
	h.mutex.Unlock()
	_ = h.command.Wait()
	return h.command.ProcessState.ExitCode()
}

// sample is one row of frame 0x13.
type sample struct{ pid, kind, trace uint32 }

// samples returns all that came so far. The caller holds the mutex, or the helper has ended.
func (h *helper) samples() (samples []sample) {
	for _, payload := range h.frames[wire.Samples] {
		count := int(binary.LittleEndian.Uint32(payload))
		padded := (4*count + 7) &^ 7
		column := func(n, i int) uint32 {
			return binary.LittleEndian.Uint32(payload[8+16*count+n*padded+4*i:])
		}
		for i := range count {
			samples = append(samples, sample{column(1, i), column(5, i), column(0, i)})
		}
	}
	return samples
}

// event is a process event's head.
type event struct {
	kind      uint8
	pid, ppid uint32
	text      string
}

// events is for a caller that holds the mutex, too.
func (h *helper) events() (events []event) {
	for _, payload := range h.frames[wire.Processes] {
		for len(payload) > 0 {
			length := binary.LittleEndian.Uint16(payload)
			events = append(events, event{
				payload[2], binary.LittleEndian.Uint32(payload[4:]),
				binary.LittleEndian.Uint32(payload[8:]), string(payload[24:length]),
			})
			payload = payload[length:]
		}
	}
	return events
}

func (h *helper) newFiles() (files []map[string]any) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for _, payload := range h.frames[wire.NewFiles] {
		var some []map[string]any
		_ = json.Unmarshal(payload, &some)
		files = append(files, some...)
	}
	return files
}

// busyChild is a program that uses a CPU until the test ends.
func busyChild(t *testing.T) *exec.Cmd {
	t.Helper()
	child := exec.Command("/bin/sh", "-c", "while :; do :; done")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		child.Process.Kill()
		child.Wait()
	})
	return child
}
