// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/limits"
)

// Place is where a function is in its file.
type Place struct {
	Name       string `json:"name"`
	Vaddr      uint64 `json:"vaddr"`
	SizeBytes  uint64 `json:"sizeBytes"`
	FileOffset uint64 `json:"fileOffset"`
}

// Problem says why something is not instrumented.
type Problem struct {
	Library  string `json:"library"`
	Function string `json:"function,omitempty"`
	Field    string `json:"field,omitempty"`
	Code     string `json:"code"`
	Message  string `json:"message"`
}

// Codes of problems.
const (
	noFunction  = "NO_FUNCTION"
	noField     = "NO_FIELD"
	noSite      = "NO_SITE"
	notAttached = "ATTACH"
	unsupported = "UNSUPPORTED"
)

// Site is an instruction that a probe is put at.
type Site struct {
	Library    string `json:"library"`
	Role       string `json:"role"`
	Function   string `json:"function"`
	Kind       string `json:"kind"`
	Vaddr      uint64 `json:"vaddr"`
	FileOffset uint64 `json:"fileOffset"`
	Emulated   bool   `json:"emulated"`
	program    string
	kind       uint8
	variant    uint8
}

// code reads functions of one file.
type code struct {
	file      io.ReaderAt
	functions map[string]Place
	machine   string
	one       decoder
}

// openCode opens path only if it is a regular file: the functions are read, nothing else.
func openCode(path string, functions []Place) (*code, func(), error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	file := os.NewFile(uintptr(fd), path)
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no regular file", path)
	}
	var head [20]byte
	if err == nil {
		_, err = file.ReadAt(head[:], 0)
	}
	if err == nil && string(head[:4]) != elf.ELFMAG {
		err = fmt.Errorf("%s is no ELF file", path)
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	c := &code{file: file, functions: make(map[string]Place, len(functions))}
	switch elf.Machine(binary.LittleEndian.Uint16(head[18:])) {
	case elf.EM_X86_64:
		c.machine, c.one = "amd64", decodeAMD64
	case elf.EM_AARCH64:
		c.machine, c.one = "arm64", decodeARM64
	default:
		file.Close()
		return nil, nil, fmt.Errorf("%s is for a machine that is not supported", path)
	}
	for _, f := range functions {
		c.functions[f.Name] = f
	}
	return c, func() { file.Close() }, nil
}

// sites chooses those of one function, which has to be there.
func (c *code) sites(library string, f *Function) ([]Site, *Problem) {
	at := c.functions[f.Name]
	problem := func(format string, arguments ...any) *Problem {
		return &Problem{library, f.Name, "", noSite, fmt.Sprintf(format, arguments...)}
	}
	if f.rule == atDeferred && c.machine == "amd64" {
		if sites := c.deferred(library, f); sites != nil {
			return sites, nil
		}
	}
	text, err := c.read(at)
	if err != nil {
		return nil, problem("%v", err)
	}
	decoded, complete := decode(text, at.Vaddr, c.one)
	if !complete && f.rule != atEntry {
		return nil, problem("an instruction that cannot be decoded")
	}
	callees := map[uint64]bool{}
	for _, name := range f.after {
		if callee, there := c.functions[name]; there {
			callees[callee.Vaddr] = true
		}
	}
	places := find(f.rule, decoded, callees)
	if len(places) == 0 {
		return nil, problem("no instruction fits")
	}
	out := make([]Site, 0, len(places))
	for _, p := range places {
		out = append(out, Site{
			Library: library, Role: f.Role, Function: f.Name, Kind: siteKinds[p.kind], Vaddr: p.vaddr,
			FileOffset: at.FileOffset + p.vaddr - at.Vaddr, Emulated: p.emulated(c.machine),
			program: f.program, kind: p.kind, variant: f.variant,
		})
	}
	return out, nil
}

func (c *code) read(at Place) ([]byte, error) {
	if at.SizeBytes == 0 || at.SizeBytes > limits.GoFunctionBytes {
		return nil, fmt.Errorf("a function of %d bytes", at.SizeBytes)
	}
	text := make([]byte, at.SizeBytes)
	if _, err := c.file.ReadAt(text, int64(at.FileOffset)); err != nil {
		return nil, fmt.Errorf("reading the code: %w", err)
	}
	return text, nil
}

// deferred is the one site of atDeferred, where it fits.
func (c *code) deferred(library string, f *Function) []Site {
	at, there := c.functions[f.deferred]
	if !there {
		return nil
	}
	text, err := c.read(at)
	if err != nil {
		return nil
	}
	offset, found := errorCapture(text)
	decoded, _ := decode(text, at.Vaddr, c.one)
	places := entry(decoded)
	if !found || len(places) == 0 || places[0].kind != sitePush {
		return nil
	}
	p := places[0]
	return []Site{{
		Library: library, Role: f.Role, Function: f.deferred, Kind: siteKinds[p.kind], Vaddr: p.vaddr,
		FileOffset: at.FileOffset + p.vaddr - at.Vaddr, Emulated: true, program: f.deferredProgram,
		kind: p.kind, variant: offset,
	}}
}

// library chooses the sites of one, or says why it is left alone. A library of which no function is
// there gives neither.
func (c *code) library(l *Library, offsets map[string]uint16) ([]Site, []Problem) {
	if !c.isLinked(l) {
		return nil, nil
	}
	if problems := c.missing(l, offsets); len(problems) > 0 {
		return nil, problems
	}
	var sites []Site
	without := map[string]bool{}
	for i := range l.Functions {
		f := &l.Functions[i]
		if _, there := c.functions[f.Name]; !there {
			continue
		}
		more, problem := c.sites(l.Name, f)
		if problem != nil {
			if f.Optional {
				without[f.Name] = true
				continue
			}
			return nil, []Problem{*problem}
		}
		sites = append(sites, more...)
	}
	// What has no end must not begin.
	return slices.DeleteFunc(sites, func(s Site) bool { return without[s.Function] }), nil
}

// isLinked is whether a span of this library could begin at all.
func (c *code) isLinked(l *Library) bool {
	for i := range l.Functions {
		if _, there := c.functions[l.Functions[i].Name]; there && l.Functions[i].Role == "begin" {
			return true
		}
	}
	return false
}

// missing lists what of a library the program does not have.
func (c *code) missing(l *Library, offsets map[string]uint16) []Problem {
	var problems []Problem
	groups := map[string]bool{}
	for i := range l.Functions {
		f := &l.Functions[i]
		_, there := c.functions[f.Name]
		if f.AnyOf != "" {
			groups[f.AnyOf] = groups[f.AnyOf] || there
		} else if !there && !f.Optional {
			problems = append(problems, Problem{l.Name, f.Name, "", noFunction,
				"the program has no function " + f.Name})
		}
	}
	for group, there := range groups {
		if !there {
			problems = append(problems, Problem{l.Name, "", "", noFunction,
				"the program has none of the functions for the " + group})
		}
	}
	for _, field := range l.Fields {
		if _, known := offsets[field.Name]; !known && !field.Optional && offsets != nil {
			problems = append(problems, Problem{l.Name, "", field.Name, noField,
				"the offset of " + field.Name + " is not known"})
		}
		if rival := rivalOf(field.Name, offsets); rival != "" {
			problems = append(problems, Problem{l.Name, "", field.Name, unsupported,
				"the program also has " + rival + ", which is laid out in another way"})
		}
	}
	return problems
}

// chooseSites does it for every library, or for those that are named. offsets may be nil: fields are
// not looked at then.
func chooseSites(c *code, offsets map[string]uint16, wanted []string) ([]Site, []Problem) {
	names := map[string]bool{}
	for _, name := range wanted {
		names[name] = true
	}
	if problems := c.missing(&runtimeLibrary, offsets); len(problems) > 0 {
		return nil, problems
	}
	var sites []Site
	var problems []Problem
	for _, l := range libraries() {
		if len(wanted) > 0 && !names[l.Name] {
			continue
		}
		more, trouble := c.library(&l, offsets)
		sites, problems = append(sites, more...), append(problems, trouble...)
	}
	return sites, problems
}
