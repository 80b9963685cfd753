// SPDX-License-Identifier: Apache-2.0

package tool

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"otelkit/go-toolexec/internal/state"
)

// Run does what go asked for: args are those behind -toolexec. It gives the exit code, if it does
// not become the tool itself.
func Run(args []string) int {
	if filepath.Base(args[len(args)-1]) == "vet.cfg" { // go's vet, or that of -vettool
		return vet(args)
	}
	at := findTool(args)
	if at < 0 {
		return become(args)
	}
	name := toolName(args[at])
	rest := args[at+1:]
	asked := len(rest) == 1 && rest[0] == "-V=full"
	switch {
	case asked && (name == "compile" || name == "link"):
		return identity(args)
	case asked:
		return become(args)
	case name == "compile":
		return compile(args[:at+1], rest)
	case name == "link":
		return link(args[:at+1], rest)
	case name == "cover":
		return cover(args[:at+1], rest)
	}
	return become(args)
}

// become replaces this process by a program; only a failure returns.
func become(args []string) int {
	path, err := exec.LookPath(args[0])
	if err == nil {
		err = syscall.Exec(path, args, os.Environ())
	}
	return fail(fmt.Errorf("%s: %w", args[0], err))
}

func fail(err error) int {
	fmt.Fprintf(os.Stderr, "otel-go: %s\n", err)
	return 2
}

// identity answers -V=full, from which go makes the key of its cache: what the weaver would do
// differently must differ here.
func identity(args []string) int {
	out, err := exec.Command(args[0], args[1:]...).Output()
	if err != nil {
		return fail(fmt.Errorf("%s: %w", strings.Join(args, " "), err))
	}
	plan, err := state.Load()
	if err != nil {
		return fail(err)
	}
	fmt.Println(withIdentity(strings.TrimSpace(string(out)), plan.Identity))
	return 0
}

// withIdentity: of a release the whole line counts, of a development version only what follows
// the last slash of its last field (cmd/go, toolID).
func withIdentity(line, identity string) string {
	fields := strings.Fields(line)
	if len(fields) > 2 && fields[2] == "devel" && strings.HasPrefix(fields[len(fields)-1], "buildID=") {
		return line + "-otelkit-" + identity
	}
	return line + " otelkit:" + identity
}

// compile weaves the package if an aspect matches it, and compiles it.
func compile(tool, args []string) int {
	parsed := parseCompile(args)
	plan, err := state.Load()
	if err != nil {
		return fail(err)
	}
	one, err := newPackage(&parsed, plan)
	if err != nil {
		return fail(err)
	}
	if one == nil || !one.weave() {
		if one != nil && one.err != nil {
			return fail(one.err)
		}
		return become(slices.Concat(tool, args))
	}
	defer one.clean()
	command := exec.Command(tool[0], slices.Concat(tool[1:], parsed.all())...)
	var messages bytes.Buffer
	command.Stdout, command.Stderr = &messages, &messages
	if err := command.Run(); err != nil {
		return one.explain(tool, args, messages.Bytes(), command.ProcessState)
	}
	os.Stdout.Write(messages.Bytes())
	return 0
}

// link names the archives that go does not know of: only without the driver there are such.
func link(tool, args []string) int {
	plan, err := state.Load()
	if err != nil {
		return fail(err)
	}
	for i := 0; len(plan.Programs) > 0 && i+1 < len(args); i++ {
		if args[i] != "-importcfg" {
			continue
		}
		config, err := readImportConfig(args[i+1])
		if err != nil {
			break // the linker says so
		}
		patched, err := config.with(plan.Archives)
		if err != nil {
			return fail(err)
		}
		args[i+1] = patched
	}
	return become(slices.Concat(tool, args))
}

func absolute(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	if abs, err := filepath.Abs(name); err == nil {
		return abs
	}
	return name
}
