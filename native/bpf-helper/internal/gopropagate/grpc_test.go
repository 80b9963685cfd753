// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"bufio"
	"encoding/binary"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// ownCalls leaves out the probe that tells a goroutine's grpc.clientStream: the rig tells the
// goroutine's number in its place, and opens spans by that.
func ownCalls(t *testing.T) {
	grpc := &libraries[len(libraries)-1]
	links := grpc.links
	grpc.links = links[1:]
	t.Cleanup(func() { grpc.links = links })
}

func (r *rig) tellCalls(c *client) {
	for _, goid := range c.goids {
		key := binary.LittleEndian.AppendUint64(nil, goid)
		key = binary.LittleEndian.AppendUint64(key, uint64(c.Process.Pid))
		if err := r.collection.Maps["calls"].Put(key, goid); err != nil {
			r.t.Fatal(err)
		}
	}
}

// grpcServer runs the server of testdata/grpc and returns its address.
func grpcServer(t *testing.T, path string) string {
	t.Helper()
	server := exec.Command(path, "-serve", "-address", "127.0.0.1:0")
	stdin, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, out)
	return strings.TrimSpace(strings.TrimPrefix(line, "listening "))
}

// calls runs the client and returns how many replies told the right header, none, or another.
func (r *rig) calls(path string, arguments ...string) (right, without, wrong int) {
	r.t.Helper()
	ownCalls(r.t)
	arguments = append([]string{"-address", grpcServer(r.t, path), "-workers", strconv.Itoa(workers),
		"-requests", strconv.Itoa(requests)}, arguments...)
	c := r.start(path, kindGRPCClient, 0, arguments...)
	r.attach(path, c.Process.Pid)
	r.tellCalls(c)
	said := c.run()
	for line, n := range said {
		// "got GOID HEADER": the number is the last word.
		text, got := strings.CutPrefix(line, "got ")
		if !got {
			continue
		}
		id, header, _ := strings.Cut(text, " ")
		goid, _ := strconv.ParseUint(id, 10, 64)
		switch header {
		case traceparentOf(goid):
			right += n
		case "":
			without += n
		default:
			wrong += n
			r.t.Logf("goroutine %s: %q", id, header)
		}
	}
	r.t.Logf("counters %v", r.Counters())
	return right, without, wrong
}

func TestGRPCAtSendTime(t *testing.T) { testGRPC(t, SendTime) }
func TestGRPCInBuffers(t *testing.T)  { testGRPC(t, WriteBuffer) }

func testGRPC(t *testing.T, way Mechanism) {
	cases := map[string][]string{
		"unary":               {},
		"streams":             {"-stream"},
		"big messages":        {"-body", "100000"},
		"many at once":        {"-workers", "100", "-requests", "2"},
		"the application's":   {"-own"},
		"a header of 20 KB":   {"-metas", "20000"},
		"a header of 8,000 B": {"-metas", "8000"},
	}
	for name, arguments := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, way)
			right, without, wrong := r.calls(program(t, "grpc", ""), arguments...)
			total := workers * requests
			switch name {
			case "streams":
				total *= 3
			case "many at once":
				total = 100 * 2
			}
			t.Logf("%d right, %d without, %d wrong", right, without, wrong)
			switch name {
			case "the application's":
				right, wrong = wrong, right
			case "a header of 20 KB":
				// More than a frame: CONTINUATION follows, so it is left alone.
				right, without = without, right
			}
			if right != total || wrong != 0 || without != 0 {
				t.Errorf("%d right, %d without, %d wrong, want %d", right, without, wrong, total)
			}
		})
	}
}
