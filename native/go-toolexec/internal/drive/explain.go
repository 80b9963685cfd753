// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"otelkit/go-toolexec/internal/aspect"
	"otelkit/go-toolexec/internal/weave"
)

func init() { Commands["explain"] = explainCommand }

// explained is what explain --json prints.
type explained struct {
	Packages  []explainedPackage `json:"packages"`
	Unmatched []unmatchedAspect  `json:"unmatched,omitempty"`
}

// unmatchedAspect is one of the module's own that matches nowhere in these packages.
type unmatchedAspect struct {
	ID   string `json:"id"`
	File string `json:"file"`
	Line int    `json:"line"`
}

type explainedPackage struct {
	ImportPath string          `json:"importPath"`
	Files      []explainedFile `json:"files"`
	Error      string          `json:"error,omitempty"`
}

type explainedFile struct {
	File    string           `json:"file"`
	Matches []explainedMatch `json:"matches"`
	Diff    string           `json:"diff"`
}

type explainedMatch struct {
	Aspect     string `json:"aspect"`
	AspectFile string `json:"aspectFile"`
	AspectLine int    `json:"aspectLine"`
	JoinPoint  string `json:"joinPoint"`
	Line       int    `json:"line"`
	Column     int    `json:"column"`
	ByName     bool   `json:"byName,omitempty"` // a method call: types decide when it is compiled
}

func explainCommand(args []string) int {
	args, asJSON := withoutFlag(args, "--json")
	s, err := newSession(append([]string{"build"}, args...))
	if err != nil {
		return fail(err)
	}
	answer, err := s.explain()
	if err != nil {
		return fail(err)
	}
	if asJSON {
		return printJSON(answer)
	}
	for _, one := range answer.Packages {
		if one.Error != "" {
			fmt.Fprintf(os.Stderr, "otel-go: %s\n", one.Error)
		}
		for _, file := range one.Files {
			for _, match := range file.Matches {
				fmt.Printf("%s:%d:%d: %s (%s:%d)\n", file.File, match.Line, match.Column, match.Aspect, match.AspectFile, match.AspectLine)
			}
			fmt.Print(file.Diff)
		}
	}
	for _, one := range answer.Unmatched {
		fmt.Printf("%s:%d: %s matches nowhere in these packages\n", one.File, one.Line, one.ID)
	}
	return 0
}

func withoutFlag(args []string, flag string) ([]string, bool) {
	rest := slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == flag })
	return rest, len(rest) != len(args)
}

func printJSON(value any) int {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fail(err)
	}
	return 0
}

func (s *session) explain() (*explained, error) {
	if err := s.prepareInputs(); err != nil {
		return nil, err
	}
	p := newPlanner(s)
	stem := s.stem() + ".explain"
	if err := p.readInputs(stem); err != nil {
		return nil, err
	}
	answer := &explained{Packages: []explainedPackage{}}
	matched := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(p.packages)) {
		one := p.packages[name]
		candidates := p.candidates(one)
		if len(candidates) == 0 || one.Dir == "" || aspect.IsOurs(name) {
			continue
		}
		told := p.explainPackage(one, candidates)
		if len(told.Files) > 0 || told.Error != "" {
			answer.Packages = append(answer.Packages, told)
		}
		for _, file := range told.Files {
			for _, match := range file.Matches {
				matched[match.Aspect] = true
			}
		}
	}
	for _, one := range s.aspects {
		if !one.BuiltIn && !matched[one.ID] {
			answer.Unmatched = append(answer.Unmatched, unmatchedAspect{one.ID, one.File, one.Line})
		}
	}
	return answer, nil
}

func (p *planner) explainPackage(one *goPackage, candidates []*aspect.Aspect) explainedPackage {
	told := explainedPackage{ImportPath: one.path(), Files: []explainedFile{}}
	options := p.weaveOptions(one, one.path(), slices.Concat(one.files(one.GoFiles), one.files(one.CgoFiles)), candidates)
	if options == nil {
		return told
	}
	result, err := weave.Package(options)
	if err != nil {
		told.Error = err.Error()
		return told
	}
	for _, file := range options.Files {
		explained := explainedFile{File: file.Path, Matches: []explainedMatch{}}
		for _, match := range result.Matches {
			if match.Path == file.Path {
				explained.Matches = append(explained.Matches, explainedMatch{match.Aspect.ID, match.Aspect.File, match.Aspect.Line,
					match.Kind, match.Line, match.Column, strings.Contains(match.Kind, aspect.MethodCall)})
			}
		}
		if woven, changed := result.Files[file.Name]; changed {
			explained.Diff = diff(file.Path, string(file.Content), afterFirstLine(string(woven)))
		}
		if len(explained.Matches) > 0 {
			told.Files = append(told.Files, explained)
		}
	}
	for _, extra := range result.Extra {
		if len(told.Files) > 0 {
			told.Files[0].Diff += diff(filepath.Join(one.Dir, extra.Name), "", string(extra.Content))
		}
	}
	return told
}

func afterFirstLine(text string) string {
	_, rest, _ := strings.Cut(text, "\n")
	return rest
}
