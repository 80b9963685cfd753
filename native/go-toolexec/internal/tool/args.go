// SPDX-License-Identifier: Apache-2.0

// Package tool is what go calls by -toolexec: the compiler's arguments are changed for packages
// that aspects match, everything else is passed on.
package tool

import (
	"go/version"
	"path/filepath"
	"strings"
)

// compileArgs is a command line of the compiler, taken apart.
type compileArgs struct {
	flags []string // with their values, in order
	files []string // the Go files
}

// valueFlags of cmd/compile take the next word where they come without "=". The others that go
// passes are switches.
var valueFlags = map[string]bool{
	"-o": true, "-p": true, "-importcfg": true, "-buildid": true, "-lang": true, "-asmhdr": true,
	"-trimpath": true, "-symabis": true, "-embedcfg": true, "-D": true, "-I": true, "-goversion": true,
	"-installsuffix": true, "-linkobj": true, "-pgoprofile": true, "-coveragecfg": true, "-env": true,
	"-cpuprofile": true, "-memprofile": true, "-blockprofile": true, "-mutexprofile": true,
	"-traceprofile": true, "-bench": true, "-spectre": true, "-json": true, "-d": true, "-c": true,
}

func parseCompile(args []string) compileArgs {
	var parsed compileArgs
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if !strings.HasPrefix(arg, "-") {
			parsed.files = args[i:]
			break
		}
		parsed.flags = append(parsed.flags, arg)
		if valueFlags[arg] && i+1 < len(args) {
			i++
			parsed.flags = append(parsed.flags, args[i])
		}
	}
	return parsed
}

// value gives a flag's value, "" if it is not there.
func (c *compileArgs) value(name string) string {
	for i, flag := range c.flags {
		if flag == name && valueFlags[name] && i+1 < len(c.flags) {
			return c.flags[i+1]
		}
		if rest, ok := strings.CutPrefix(flag, name+"="); ok {
			return rest
		}
	}
	return ""
}

func (c *compileArgs) set(name, value string) {
	for i, flag := range c.flags {
		if flag == name && i+1 < len(c.flags) {
			c.flags[i+1] = value
			return
		}
		if strings.HasPrefix(flag, name+"=") {
			c.flags[i] = name + "=" + value
			return
		}
	}
}

// wovenLanguage is what templates are written in. From 1.22 on loops mean something else, so no
// package is raised to that.
const wovenLanguage = "go1.21"

// raiseLanguage lets woven code be newer than the package it is in: a library that says go 1.14 in
// its go.mod, or nothing, has no `any`. Newer compilers take all that an older language allows.
func (c *compileArgs) raiseLanguage() {
	if lang := c.value("-lang"); lang != "" && version.Compare(lang, wovenLanguage) < 0 {
		c.set("-lang", wovenLanguage)
	}
}

func (c *compileArgs) drop(name string) {
	kept := c.flags[:0:0]
	for _, flag := range c.flags {
		if flag != name {
			kept = append(kept, flag)
		}
	}
	c.flags = kept
}

func (c *compileArgs) all() []string {
	return append(append([]string{}, c.flags...), c.files...)
}

// toolName gives compile, link, asm, … of a path, whatever the platform's suffix.
func toolName(path string) string {
	return strings.TrimSuffix(filepath.Base(path), ".exe")
}

var goTools = map[string]bool{
	"compile": true, "link": true, "asm": true, "cgo": true, "cover": true, "vet": true, "pack": true,
	"buildid": true, "covdata": true, "preprofile": true, "fix": true, "nm": true, "objdump": true,
}

// findTool finds the tool in a chain of -toolexec programs; -1 if there is none.
func findTool(args []string) int {
	for i, arg := range args {
		if goTools[toolName(arg)] && strings.ContainsRune(arg, filepath.Separator) {
			return i
		}
	}
	return -1
}
