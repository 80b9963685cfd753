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
		if one.Go.Allows(s.goEnv.GOVERSION) || strings.HasPrefix(s.goEnv.GOVERSION, "devel") {
			s.aspects = append(s.aspects, one)
		}
	}
	return s.identify()
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

func (s *session) identify() error {
	content, err := json.Marshal(s.aspects)
	if err != nil {
		return err
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s\n%s\n", s.weaver, s.module.Hash, content)
	s.identity = hex.EncodeToString(sum.Sum(nil))[:24]
	return nil
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
