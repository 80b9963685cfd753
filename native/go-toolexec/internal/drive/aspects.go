// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"otelkit/go-toolexec/internal/aspect"
)

// builtInPrefix stands before the names of built-in aspect files, in messages and stack traces.
const builtInPrefix = "otelkit.dev/go/"

// problems is every mistake of every aspect file.
type problems []aspect.Problem

func (p problems) Error() string {
	texts := make([]string, len(p))
	for i, one := range p {
		texts[i] = one.Error()
	}
	return strings.Join(texts, "\n")
}

// readAspects reads the built-in aspects and those of the module, keeps those for this version of
// Go, and makes the identity that goes into the keys of go's cache.
func (s *session) readAspects() error {
	var wrong problems
	var all []*aspect.Aspect
	add := func(name string, content []byte, builtIn bool) {
		read, mistakes := aspect.Parse(name, content)
		for _, one := range read {
			one.BuiltIn = builtIn
		}
		all = append(all, read...)
		wrong = append(wrong, mistakes...)
	}
	for _, name := range slices.Sorted(maps.Keys(s.module.Files)) {
		if path.Dir(name) == "aspects" && strings.HasSuffix(name, ".yml") {
			add(builtInPrefix+name, []byte(s.module.Files[name]), true)
		}
	}
	files, err := s.ownAspectFiles()
	if err != nil {
		return err
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		add(name, content, false)
	}
	wrong = append(wrong, repeatedIDs(all)...)
	if len(wrong) > 0 {
		return wrong
	}
	for _, one := range all {
		if !s.chosen.wants(one) {
			continue
		}
		if one.Go.Allows(s.goEnv.GOVERSION) || strings.HasPrefix(s.goEnv.GOVERSION, "devel") {
			s.aspects = append(s.aspects, one)
		}
	}
	return s.identify(everyAspect)
}

func repeatedIDs(all []*aspect.Aspect) problems {
	var wrong problems
	seen := map[string]*aspect.Aspect{}
	for _, one := range all {
		if other := seen[one.ID]; other != nil && other.File != one.File {
			wrong = append(wrong, aspect.Problem{File: one.File, Line: one.Line, Aspect: one.ID,
				Message: fmt.Sprintf("the id is in use at %s:%d", other.File, other.Line)})
		}
		seen[one.ID] = one
	}
	return wrong
}

// identify makes the identity of what may be woven into packages that nobody edits. It goes into
// the key of everything in go's cache. Aspects of the module that match only packages of the module
// are left out: what they touch is told apart by a hash in the file of imports (importsFor).
func (s *session) identify(reaches func(*aspect.Aspect) bool) error {
	counted := slices.DeleteFunc(slices.Clone(s.aspects), func(one *aspect.Aspect) bool {
		return !one.BuiltIn && !reaches(one)
	})
	digest, err := digestOf(counted)
	if err != nil {
		return err
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s\n%s\n", s.weaver, s.module.Hash, digest)
	s.identity = hex.EncodeToString(sum.Sum(nil))[:24]
	return nil
}

func digestOf(aspects []*aspect.Aspect) (string, error) {
	content, err := json.Marshal(aspects)
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])[:24], err
}

// everyAspect is for builds without the driver, where nothing else tells packages apart.
func everyAspect(*aspect.Aspect) bool { return true }

// reachesOthers tells whether an aspect of the module matches a package that nobody edits, or may
// match one that go list does not show.
func (p *planner) reachesOthers(one *aspect.Aspect) bool {
	if slices.Contains(one.JoinPoint.Selects(), aspect.TestMain) {
		return true
	}
	for _, target := range one.JoinPoint.Targets() {
		first, _, _ := strings.Cut(target, "/")
		if !strings.Contains(first, ".") && one.JoinPoint.Names(target) {
			return true // the standard library
		}
	}
	return p.reached[one.ID]
}

// ownAspectFiles finds otelkit.yml and otelkit.*.yml beside each main module's go.mod, and in
// the folders of packages that otel.tool.go imports.
func (s *session) ownAspectFiles() ([]string, error) {
	var files []string
	for _, root := range s.roots() {
		s.inputs[root] = true
		files = append(files, s.aspectFilesIn(root)...)
		tools, err := s.toolPackages(root)
		if err != nil {
			return nil, err
		}
		for _, folder := range tools {
			files = append(files, s.aspectFilesIn(folder)...)
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

func (s *session) aspectFilesIn(folder string) []string {
	var files []string
	entries, _ := os.ReadDir(folder)
	for _, entry := range entries {
		name := entry.Name()
		if name == "otelkit.yml" || (strings.HasPrefix(name, "otelkit.") && strings.HasSuffix(name, ".yml")) {
			files = append(files, filepath.Join(folder, name))
			s.inputs[filepath.Join(folder, name)] = true
		}
	}
	return files
}
