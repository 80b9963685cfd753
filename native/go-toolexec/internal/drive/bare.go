// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"otelkit/go-toolexec/internal/state"
)

// ForProcess makes a plan for a go command that runs us by -toolexec and knows nothing of the
// runtime module. What woven code imports is built beforehand with the same flags, handed to the
// compiler and the linker, and is the same for every program, so that no entry of go's cache
// depends on what a program is made of.
func ForProcess(process *state.GoProcess) (string, error) {
	s, err := newSession(process.Args[1:])
	if err != nil {
		return "", err
	}
	s.env = withEnv(s.env, map[string]string{"PWD": process.Folder})
	for _, name := range []string{"TOOLEXEC_IMPORTPATH", "WORK"} {
		s.env = slices.DeleteFunc(s.env, func(pair string) bool { return strings.HasPrefix(pair, name+"=") })
	}
	s.folder = process.Folder // go is there already, whatever -C said
	s.line.values["C"] = ""
	path := s.bareStem() + ".json"
	if kept := loadPrepared(path); kept != nil {
		return kept.Env[state.Variable], nil
	}
	if err := s.prepareInputs(); err != nil {
		return "", err
	}
	started := now()
	made, err := s.barePlan()
	if err != nil {
		return "", err
	}
	made.Kept = append(made.Kept, s.kept...)
	for input := range s.inputs {
		made.Inputs = append(made.Inputs, stampOf(input))
	}
	if !changedSince(made.Inputs, started) {
		err = made.save(path)
	}
	return made.Env[state.Variable], err
}

// bareStem leaves out of the key what nested builds do not depend on: patterns, -o, and so on.
func (s *session) bareStem() string {
	inner := *s
	line := *s.line
	line.args = append(slices.Clone(line.build), "bare", line.values["pgo"])
	inner.line = &line
	return inner.stem()
}

func (s *session) barePlan() (*prepared, error) {
	p := newPlanner(s)
	p.bare = true
	programs := p.wanted()
	for _, path := range programs {
		p.needed[path] = true
	}
	for _, one := range s.aspects {
		for _, path := range one.Imports() {
			if first, _, _ := strings.Cut(path, "/"); !one.BuiltIn || !strings.Contains(first, ".") {
				p.needed[path] = true
			}
		}
	}
	plan := &state.Plan{Identity: s.identity, GoVersion: s.goEnv.GOVERSION, Aspects: s.aspects, Modules: s.vendoredVersions()}
	var err error
	if plan.Archives, err = p.archives(plan, []string{"-toolexec=" + s.toolexec()}); err != nil {
		return nil, err
	}
	plan.Programs = slices.DeleteFunc(programs, func(path string) bool { return plan.Archives[path] == "" })
	made := &prepared{Env: map[string]string{}}
	for _, archive := range plan.Archives {
		made.Kept = append(made.Kept, archive)
	}
	made.Env[state.Variable], err = s.savePlan(plan)
	return made, err
}

// profileIn gives the profile beside the main package that a pattern names.
func (s *session) profileIn(patterns []string) string {
	for _, pattern := range append(slices.Clone(patterns), ".") {
		path := filepath.Join(s.resolve(pattern), "default.pgo")
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}
