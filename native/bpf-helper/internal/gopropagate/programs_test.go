// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"debug/dwarf"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"otelkit/bpf-helper/internal/gotrace"
)

// programs built by the tests, once each.
var (
	builds    sync.Mutex
	built     = map[string]string{}
	described = map[string]Target{}
	// The tracer's names too, for a test of both together.
	functions  = Functions()
	fields     = Fields()
	buildsIn   string
	clientsEnv = "OTELKIT_PROPAGATE_PROGRAMS"
)

func fromEnvironment(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

func TestMain(m *testing.M) {
	for _, l := range gotrace.Catalog() {
		for _, f := range l.Functions {
			functions = append(functions, f.Name)
		}
		for _, f := range l.Fields {
			fields = append(fields, f.Name)
		}
	}
	folder, err := os.MkdirTemp("", "otelkit-propagate-")
	if err != nil {
		panic(err)
	}
	buildsIn = folder
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// program builds testdata/NAME, or takes it from where a guest has it.
func program(t *testing.T, name, toolchain string) string {
	t.Helper()
	builds.Lock()
	defer builds.Unlock()
	key := name + toolchain
	if folder := os.Getenv(clientsEnv); folder != "" {
		return filepath.Join(folder, key)
	}
	if path, done := built[key]; done {
		if path == "" {
			t.Skipf("skip: %s could not be built", key)
		}
		return path
	}
	path := filepath.Join(buildsIn, key)
	build := exec.Command("go", "build", "-o", path, ".")
	build.Dir = filepath.Join("testdata", name)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GOWORK=off")
	if toolchain != "" {
		build.Env = append(build.Env, "GOTOOLCHAIN="+toolchain)
	}
	if text, err := build.CombinedOutput(); err != nil {
		built[key] = ""
		t.Skipf("skip: building %s: %v: %.600s", key, err, text)
	}
	built[key] = path
	return path
}

// describe finds what Attach needs by the ELF symbols and the DWARF of an unstripped program.
func describe(t *testing.T, path string) Target {
	t.Helper()
	builds.Lock()
	defer builds.Unlock()
	if target, done := described[path]; done {
		return target
	}
	file, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	target := Target{Path: path, Offsets: map[string]uint16{}}
	wanted := map[string]bool{}
	for _, name := range functions {
		wanted[name] = true
	}
	symbols, err := file.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range symbols {
		if !wanted[s.Name] {
			continue
		}
		for _, p := range file.Progs {
			if p.Type == elf.PT_LOAD && s.Value >= p.Vaddr && s.Value < p.Vaddr+p.Filesz {
				target.Functions = append(target.Functions, gotrace.Place{
					Name: s.Name, Vaddr: s.Value, SizeBytes: s.Size, FileOffset: s.Value - p.Vaddr + p.Off,
				})
			}
		}
	}
	data, err := file.DWARF()
	if err != nil {
		t.Fatal(err)
	}
	readOffsets(data, target.Offsets)
	described[path] = target
	return target
}

func readOffsets(data *dwarf.Data, offsets map[string]uint16) {
	types := map[string]bool{}
	for _, field := range fields {
		types[field[:strings.LastIndex(field, ".")]] = true
	}
	reader := data.Reader()
	name := ""
	for {
		entry, err := reader.Next()
		if err != nil || entry == nil {
			return
		}
		switch entry.Tag {
		case dwarf.TagCompileUnit:
		case dwarf.TagStructType:
			name, _ = entry.Val(dwarf.AttrName).(string)
			if !types[name] && entry.Children {
				reader.SkipChildren()
			}
		case dwarf.TagMember:
			field, _ := entry.Val(dwarf.AttrName).(string)
			if offset, ok := entry.Val(dwarf.AttrDataMemberLoc).(int64); ok {
				offsets[name+"."+field] = uint16(offset)
			}
		default:
			if entry.Children {
				reader.SkipChildren()
			}
		}
	}
}
