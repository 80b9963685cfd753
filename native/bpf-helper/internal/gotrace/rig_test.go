// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"bufio"
	"debug/buildinfo"
	"debug/dwarf"
	"debug/elf"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// program is a Go program under test, with what TypeScript would tell of it.
type program struct {
	path      string
	version   string
	functions []Place
	offsets   map[string]uint16
}

// inspect reads functions by Go's own debug/gosym and offsets by debug/dwarf.
func inspect(t testing.TB, path string) *program {
	t.Helper()
	file, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p := &program{path: path, offsets: map[string]uint16{}}
	wanted := map[string]bool{}
	structs := map[string]map[string]bool{}
	for _, l := range Catalog() {
		for _, f := range l.Functions {
			wanted[f.Name] = true
		}
	}
	for _, names := range fieldNames {
		for _, name := range names {
			dot := strings.LastIndexByte(name, '.')
			if structs[name[:dot]] == nil {
				structs[name[:dot]] = map[string]bool{}
			}
			structs[name[:dot]][name[dot+1:]] = true
		}
	}
	symbols, err := file.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range symbols {
		if elf.ST_TYPE(s.Info) == elf.STT_FUNC && wanted[s.Name] {
			p.functions = append(p.functions, Place{s.Name, s.Value, s.Size, fileOffset(file, s.Value)})
		}
	}
	readOffsets(t, file, structs, p.offsets)
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p.version = info.GoVersion
	return p
}

func fileOffset(file *elf.File, vaddr uint64) uint64 {
	for _, p := range file.Progs {
		if p.Type == elf.PT_LOAD && vaddr >= p.Vaddr && vaddr < p.Vaddr+p.Filesz {
			return vaddr - p.Vaddr + p.Off
		}
	}
	return 0
}

func readOffsets(t testing.TB, file *elf.File, structs map[string]map[string]bool,
	to map[string]uint16,
) {
	data, err := file.DWARF()
	if err != nil {
		t.Fatal(err)
	}
	reader := data.Reader()
	for {
		entry, err := reader.Next()
		if err != nil || entry == nil {
			return
		}
		name, _ := entry.Val(dwarf.AttrName).(string)
		fields := structs[name]
		if entry.Tag != dwarf.TagStructType || fields == nil || !entry.Children {
			if entry.Tag != dwarf.TagCompileUnit && entry.Children {
				reader.SkipChildren()
			}
			continue
		}
		for {
			member, err := reader.Next()
			if err != nil || member == nil || member.Tag == 0 {
				break
			}
			field, _ := member.Val(dwarf.AttrName).(string)
			if at, ok := member.Val(dwarf.AttrDataMemberLoc).(int64); ok && fields[field] {
				to[name+"."+field] = uint16(at)
			}
		}
	}
}

var built sync.Map

// build compiles a program of testdata once for all tests.
func build(t testing.TB, name string, environment ...string) *program {
	t.Helper()
	return buildAs(t, name, nil, environment...)
}

// buildAs lets prepare change a copy of the sources.
func buildAs(t testing.TB, name string, prepare func(dir string), environment ...string) *program {
	t.Helper()
	key := name + strings.Join(environment, " ")
	if p, ok := built.Load(key); ok && prepare == nil {
		return p.(*program)
	}
	if folder := os.Getenv("OTELKIT_GO_PROGRAMS"); folder != "" {
		// In a guest, which has no compiler.
		p := inspect(t, filepath.Join(folder, name))
		built.Store(key, p)
		return p
	}
	dir, err := os.MkdirTemp(fixtures, name)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	cmd := exec.Command("go", "build", "-o", path, ".")
	cmd.Dir = filepath.Join("testdata", name)
	if prepare != nil {
		cmd.Dir = filepath.Join(dir, "source")
		if err := os.CopyFS(cmd.Dir, os.DirFS(filepath.Join("testdata", name))); err != nil {
			t.Fatal(err)
		}
		prepare(cmd.Dir)
	}
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GOWORK=off"), environment...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", name, err, out)
	}
	p := inspect(t, path)
	built.Store(key, p)
	return p
}

var fixtures string

func TestMain(m *testing.M) {
	var err error
	if fixtures, err = os.MkdirTemp("", "otel-gotrace-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(fixtures)
	os.Exit(code)
}

// rig is a tracer that is attached to running programs.
type rig struct {
	t      testing.TB
	tracer *Tracer
	spans  []span
	next   int
}

func newRig(t testing.TB, s Settings) *rig {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("skip: attaches BPF programs, run as root")
	}
	tracer, err := Open(0, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tracer.Close)
	return &rig{t: t, tracer: tracer}
}

// attach attaches to all processes of the program and returns the config's number.
func (r *rig) attach(p *program) (int, Attached) {
	r.t.Helper()
	a, err := r.tracer.Attach(&AttachRequest{
		Config: r.next, Path: p.path, GoVersion: p.version, Functions: p.functions, Offsets: p.offsets,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, problem := range a.Problems {
		r.t.Logf("problem: %+v", problem)
	}
	r.next++
	return r.next - 1, a
}

// run starts a program, which prints the addresses that it listens on.
func run(t testing.TB, p *program, addresses int, args ...string) ([]string, *exec.Cmd) {
	t.Helper()
	cmd := exec.Command(p.path, args...)
	if testing.Verbose() {
		cmd.Stderr = os.Stderr
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	var found []string
	for len(found) < addresses && lines.Scan() {
		found = append(found, lines.Text())
	}
	if len(found) < addresses {
		t.Fatalf("%s printed %q", p.path, found)
	}
	return found, cmd
}

// wait drains until there are as many spans as wanted, or for some seconds; returns all so far.
func (r *rig) wait(count int) []span {
	r.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; {
		r.tracer.Drain(func(record []byte) {
			s, err := decodeRecord(record)
			if err != nil {
				r.t.Error(err)
				return
			}
			r.spans = append(r.spans, s)
		})
		if len(r.spans) >= count || time.Now().After(deadline) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if len(r.spans) < count {
		counters, _ := r.tracer.Counters()
		r.t.Fatalf("%d spans, expected %d: %+v\n%v", len(r.spans), count, r.spans, counters)
	}
	return r.spans
}

// get asks once, on a connection of its own.
func get(t testing.TB, address, path string, header ...string) int {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Add(header[i], header[i+1])
	}
	client := http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true, DialContext: (&net.Dialer{}).DialContext,
	}}
	response, err := client.Do(request)
	if err != nil {
		return 0
	}
	response.Body.Close()
	return response.StatusCode
}
