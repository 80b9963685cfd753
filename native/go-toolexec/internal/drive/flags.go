// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"path/filepath"
	"slices"
	"strings"
)

// commandLine is `go VERB …` taken apart as far as the driver must know.
type commandLine struct {
	verb     string
	args     []string          // everything behind the verb, as given
	build    []string          // build flags, one word each, for a nested go list
	values   map[string]string // of the flags below, the last one counts
	patterns []string          // packages or files
	position int               // in args, of the first pattern; len(args) if there is none
}

// Build flags of go (cmd/go, "go help build") that nested commands need too.
var buildValue = flagSet("C asmflags buildmode compiler coverpkg covermode gccgoflags gcflags installsuffix " +
	"ldflags mod modfile overlay p pgo pkgdir tags toolexec")
var buildBool = flagSet("a asan buildvcs cover json linkshared modcacherw msan n race trimpath v work x")

// Flags of one verb only that take a value.
var otherValue = flagSet("o exec bench benchtime blockprofile blockprofilerate count coverprofile cpu " +
	"cpuprofile fuzz fuzzcachedir fuzzminimizetime fuzztime list memprofile memprofilerate mutexprofile " +
	"mutexprofilefraction outputdir parallel run shuffle skip timeout trace vet vettool f e-format")

// Flags that a nested go list cannot take or must not.
var notNested = flagSet("C n v x work a p json ldflags modfile overlay toolexec cover covermode coverpkg buildvcs linkshared pgo")

func flagSet(names string) map[string]bool {
	set := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		set[name] = true
	}
	return set
}

func parseCommandLine(args []string) *commandLine {
	line := &commandLine{verb: args[0], args: args[1:], values: map[string]string{}, position: len(args) - 1}
	for i := 0; i < len(line.args); i++ {
		arg := line.args[i]
		if !strings.HasPrefix(arg, "-") || arg == "-" {
			i = line.pattern(i)
			continue
		}
		if arg == "--" || arg == "-args" || arg == "--args" {
			break
		}
		i = line.flag(i)
	}
	return line
}

// pattern takes one word that is no flag; gives the index of the last word that it took.
func (l *commandLine) pattern(i int) int {
	l.position = min(l.position, i)
	l.patterns = append(l.patterns, l.args[i])
	if l.verb == "test" || l.verb == "vet" {
		return i // flags may follow
	}
	if l.verb == "run" {
		for i+1 < len(l.args) && strings.HasSuffix(l.args[i], ".go") && strings.HasSuffix(l.args[i+1], ".go") {
			i++
			l.patterns = append(l.patterns, l.args[i])
		}
		return len(l.args) // the rest is the program's
	}
	l.patterns = append(l.patterns, l.args[i+1:]...)
	return len(l.args)
}

func (l *commandLine) flag(i int) int {
	name, value, joined := strings.Cut(strings.TrimLeft(l.args[i], "-"), "=")
	name = strings.TrimPrefix(name, "test.")
	if buildBool[name] {
		if !joined {
			value = "true"
		}
		l.keep(name, value)
		return i
	}
	if buildValue[name] || otherValue[name] {
		if !joined && i+1 < len(l.args) {
			i++
			value = l.args[i]
		}
		l.keep(name, value)
	}
	return i
}

func (l *commandLine) keep(name, value string) {
	l.values[name] = value
	if (buildValue[name] || buildBool[name]) && !notNested[name] {
		l.build = append(l.build, "-"+name+"="+value)
	}
}

// addGoFlags takes in what GOFLAGS says where the command line says nothing.
func (l *commandLine) addGoFlags(goflags string) {
	for _, word := range splitQuoted(goflags) {
		name, value, joined := strings.Cut(strings.TrimLeft(word, "-"), "=")
		if !joined {
			value = "true"
		}
		if _, said := l.values[name]; !said && (buildValue[name] || buildBool[name]) {
			l.values[name] = value // nested commands see GOFLAGS themselves
		}
	}
}

// splitQuoted splits at spaces, with '…' and "…" as cmd/go does.
func splitQuoted(text string) []string {
	var words []string
	for {
		text = strings.TrimLeft(text, " \t\n\r")
		if text == "" {
			return words
		}
		if quote := text[0]; quote == '\'' || quote == '"' {
			if end := strings.IndexByte(text[1:], quote); end >= 0 {
				words = append(words, text[1:end+1])
				text = text[end+2:]
				continue
			}
		}
		end := strings.IndexAny(text, " \t\n\r")
		if end < 0 {
			end = len(text)
		}
		words = append(words, text[:end])
		text = text[end:]
	}
}

// quoted writes a word so that cmd/go reads it back.
func quoted(word string) string {
	if !strings.ContainsAny(word, " \t\n\r'\"") {
		return word
	}
	if !strings.Contains(word, "'") {
		return "'" + word + "'"
	}
	return "\"" + word + "\""
}

// namesFiles tells whether Go files are given in place of packages.
func (l *commandLine) namesFiles() bool {
	return slices.ContainsFunc(l.patterns, func(pattern string) bool { return strings.HasSuffix(pattern, ".go") })
}

// versioned gives the first package that is named as path@version: go run and go install take those.
func (l *commandLine) versioned() string {
	for _, pattern := range l.patterns {
		if path, _, found := strings.Cut(pattern, "@"); found && (l.verb == "run" || l.verb == "install") &&
			!strings.HasPrefix(path, ".") && !filepath.IsAbs(path) {
			return pattern
		}
	}
	return ""
}
