// SPDX-License-Identifier: Apache-2.0
package profilebpf

import (
	"bufio"
	"debug/elf"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/cilium/ebpf/rlimit"
)

// A program compiled for the tests, with what is known of its functions.
type program struct {
	path    string
	symbols []elf.Symbol // functions by address
	table   *table
	// The trampoline that signal handlers return to, of 9 bytes.
	restorer uint64
}

// OTELKIT_CHAIN names a program that is compiled already, where there is no compiler (in guests).
var givenChain = os.Getenv("OTELKIT_CHAIN")

var chainFolder string // removed at the end

var buildChain = sync.OnceValues(func() (*program, error) {
	if givenChain != "" {
		return openProgram(givenChain)
	}
	// A guest under test has no compiler.
	if path := os.Getenv("OTELKIT_CHAIN"); path != "" {
		return openProgram(path)
	}
	dir, err := os.MkdirTemp("", "profilebpf")
	if err != nil {
		return nil, err
	}
	chainFolder = dir
	path := filepath.Join(dir, "chain")
	args := []string{"-O1", "-static", "-no-pie", "-fomit-frame-pointer", "-fno-optimize-sibling-calls",
		"-fno-stack-protector", "-fcf-protection=none", "-o", path, "testdata/chain.c", "testdata/stubs.S"}
	if out, err := exec.Command("gcc", args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("gcc: %w\n%s", err, out)
	}
	return openProgram(path)
})

// chainProgram returns the compiled testdata/chain.c.
func chainProgram(t testing.TB) *program {
	t.Helper()
	tools := []string{"gcc", "readelf"}
	if givenChain != "" {
		tools = tools[1:]
	}
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("skip: %s is missing, install with: apt-get install gcc binutils libc6-dev", tool)
		}
	}
	p, err := buildChain()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMain(m *testing.M) {
	// Kernels before 5.11 count maps as locked memory; what it does not give shows in the tests.
	_ = rlimit.RemoveMemlock()
	code := m.Run()
	if p, err := buildChain(); err == nil && givenChain == "" {
		os.RemoveAll(filepath.Dir(p.path))
	}
	os.Exit(code)
}

func openProgram(path string) (*program, error) {
	f, err := elf.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := f.Symbols()
	if err != nil {
		return nil, err
	}
	p := &program{path: path}
	for _, s := range all {
		if s.Name == "__restore_rt" {
			p.restorer = s.Value
		}
		if elf.ST_TYPE(s.Info) == elf.STT_FUNC && s.Value != 0 {
			p.symbols = append(p.symbols, s)
		}
	}
	sort.SliceStable(p.symbols, func(i, j int) bool { return p.symbols[i].Value < p.symbols[j].Value })
	p.table, err = readTable(path)
	if err != nil {
		return nil, err
	}
	p.addHandWritten()
	return p, nil
}

func (p *program) address(name string) uint64 {
	for _, s := range p.symbols {
		if s.Name == name {
			return s.Value
		}
	}
	panic("no symbol " + name)
}

// name returns the function at an address.
func (p *program) name(vaddr uint64) string {
	for _, s := range p.symbols {
		if vaddr >= s.Value && vaddr < s.Value+max(s.Size, 1) {
			return s.Name
		}
	}
	return fmt.Sprintf("%#x", vaddr)
}

// A child is a running program that has said "ready".
type child struct {
	*program
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	pid uint32
}

// start runs the program; it is killed at the test's end.
func (p *program) start(t testing.TB, args ...string) *child {
	t.Helper()
	c := &child{program: p, cmd: exec.Command(p.path, args...)}
	c.cmd.Stderr = os.Stderr
	in, err := c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.cmd.Process.Kill()
		c.cmd.Wait()
	})
	c.in, c.out, c.pid = in, bufio.NewReader(out), uint32(c.cmd.Process.Pid)
	c.waitReady(t)
	return c
}

func (c *child) waitReady(t testing.TB) {
	t.Helper()
	line, err := c.out.ReadString('\n')
	if err != nil || line != "ready\n" {
		t.Fatalf("%s said %q: %v", c.path, line, err)
	}
}

// textMappings returns the executable mappings of the child's own file.
func (c *child) textMappings(t testing.TB, slot uint16) []mapping {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", c.pid))
	if err != nil {
		t.Fatal(err)
	}
	var found []mapping
	for _, line := range strings.Split(string(text), "\n") {
		var m mapping
		var flags string
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &m.Start, &m.End, &flags); n != 3 {
			continue
		}
		if flags[2] != 'x' || !strings.HasSuffix(line, c.path) {
			continue
		}
		m.Slot, m.Kind = slot, kindTable
		found = append(found, m)
	}
	return found
}
