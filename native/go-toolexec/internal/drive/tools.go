// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"errors"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"otelkit/go-toolexec/internal/aspect"
)

// toolFile is where a module says what it wants woven.
const toolFile = "otel.tool.go"

// chosen are the lines //otelkit:only GLOB… and //otelkit:without GLOB… of otel.tool.go.
type chosen struct{ only, without []string }

// toolPackages gives the folders of the packages that otel.tool.go imports: aspect files lie in
// them, as they do in the module itself. It also notes which built-in aspects are wanted.
func (s *session) toolPackages(root string) ([]string, error) {
	name := filepath.Join(root, toolFile)
	s.inputs[name] = true
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly|parser.ParseComments)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if globs, ok := strings.CutPrefix(comment.Text, "//otelkit:only "); ok {
				s.chosen.only = append(s.chosen.only, strings.Fields(globs)...)
			}
			if globs, ok := strings.CutPrefix(comment.Text, "//otelkit:without "); ok {
				s.chosen.without = append(s.chosen.without, strings.Fields(globs)...)
			}
		}
	}
	var imported []string
	for _, spec := range file.Imports {
		if importPath, err := strconv.Unquote(spec.Path.Value); err == nil && !aspect.IsOurs(importPath) {
			imported = append(imported, importPath)
		}
	}
	if len(imported) == 0 {
		return nil, nil
	}
	flags, err := newPlanner(s).overlayFlags(s.stem() + ".tools")
	if err != nil {
		return nil, err
	}
	args := slices.Concat([]string{"list", "-e", "-find", "-json=Dir"}, flags, []string{"--"}, imported)
	out, err := s.goOutput(args...)
	if err != nil {
		return nil, err
	}
	listed, err := decodePackages(out)
	var folders []string
	for _, one := range listed {
		if one.Dir != "" {
			folders = append(folders, one.Dir)
			s.inputs[one.Dir] = true
		}
	}
	return folders, err
}

// wants tells whether an aspect is not switched off. A glob is of the id: database/sql.*, redis/*.
func (c *chosen) wants(one *aspect.Aspect) bool {
	matches := func(glob string) bool {
		ok, err := path.Match(glob, one.ID)
		return (err == nil && ok) || strings.HasPrefix(one.ID, strings.TrimSuffix(glob, "*")) && strings.HasSuffix(glob, "*")
	}
	if one.BuiltIn && len(c.only) > 0 && !slices.ContainsFunc(c.only, matches) {
		return false
	}
	return !slices.ContainsFunc(c.without, matches)
}
