// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"

	"otelkit/go-toolexec/internal/packed"
)

// Commands are what the program does besides being called by go.
var Commands = map[string]func(args []string) int{
	"go":      goCommand,
	"runtime": runtimeCommand,
	"version": versionCommand,
}

var wovenVerbs = []string{"build", "run", "test", "vet", "install"}

func fail(err error) int {
	var wrong problems
	if errors.As(err, &wrong) {
		for _, one := range wrong {
			fmt.Fprintf(os.Stderr, "otel-go: %s\n", one.Error())
		}
		return 2
	}
	var said *goError
	if errors.As(err, &said) && said.messages != "" {
		fmt.Fprint(os.Stderr, said.messages)
		return 1
	}
	fmt.Fprintf(os.Stderr, "otel-go: %s\n", err)
	return 2
}

// goCommand becomes go, with what a woven build needs put into its command line.
func goCommand(args []string) int {
	if len(args) == 0 || !slices.Contains(wovenVerbs, args[0]) {
		return becomeGo(args, os.Environ())
	}
	s, err := newSession(args)
	if err != nil {
		return fail(err)
	}
	if path := s.line.versioned(); path != "" {
		return fail(fmt.Errorf("%s with a version is built outside any module, and not woven: add it to a module "+
			"(go get -tool %s), then name it without the version", path, path))
	}
	made, err := s.prepare()
	var said *goError
	if (errors.As(err, &said) || s.troubled) && s.failsPlain() {
		return becomeGo(args, os.Environ()) // says it in its own words
	}
	if err != nil {
		return fail(err)
	}
	return becomeGo(s.line.with(made), withEnv(os.Environ(), made.Env))
}

// failsPlain tells whether go cannot even list its commands for this command line.
func (s *session) failsPlain() bool {
	dry := s.line.with(&prepared{Flags: []string{"-n"}})
	inner := *s
	inner.folder = "" // -C is still in the command line
	inner.env = os.Environ()
	_, err := inner.goOutput(dry...)
	var said *goError
	return errors.As(err, &said)
}

// with puts flags behind the verb (behind -C, which must come first), files behind the files.
func (l *commandLine) with(made *prepared) []string {
	words := []string{l.verb}
	rest := l.args
	at := l.position
	for _, name := range []string{"-C", "--C"} {
		if len(rest) > 1 && rest[0] == name {
			words, rest, at = append(words, rest[:2]...), rest[2:], at-2
			break
		}
	}
	if len(rest) > 0 && (len(rest[0]) > 3 && rest[0][:3] == "-C=") {
		words, rest, at = append(words, rest[0]), rest[1:], at-1
	}
	words = append(words, made.Flags...)
	if len(made.Append) == 0 {
		return append(words, rest...)
	}
	end := at + len(l.patterns)
	words = append(words, rest[:end]...)
	return append(append(words, made.Append...), rest[end:]...)
}

func becomeGo(args []string, env []string) int {
	path, err := exec.LookPath("go")
	if err != nil {
		return fail(errors.New("go is not in PATH"))
	}
	return fail(fmt.Errorf("%s: %w", path, syscall.Exec(path, append([]string{"go"}, args...), env)))
}

func runtimeCommand([]string) int {
	module, err := packed.Load()
	if err != nil {
		return fail(err)
	}
	folder, err := module.Unpack()
	if err != nil {
		return fail(err)
	}
	fmt.Println(folder)
	return 0
}

func versionCommand([]string) int {
	self, err := os.Executable()
	if err != nil {
		return fail(err)
	}
	weaver, err := weaverIdentity(self)
	if err != nil {
		return fail(err)
	}
	module, err := packed.Load()
	hash := ""
	if err == nil {
		hash = module.Hash
	}
	fmt.Printf("{\"weaver\":%q,\"module\":%q,\"oldestGo\":%q,\"newestGo\":%q}\n", weaver, hash,
		oldestGo, newestGo)
	return 0
}
