// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"otelkit/go-toolexec/internal/aspect"
	"otelkit/go-toolexec/internal/weave"
)

func init() { Commands["explain"] = explainCommand }

// explained is what explain --json prints.
type explained struct {
	Packages []explainedPackage `json:"packages"`
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
			told.Files[0].Diff += diff(extra.Name, "", string(extra.Content))
		}
	}
	return told
}

func afterFirstLine(text string) string {
	_, rest, _ := strings.Cut(text, "\n")
	return rest
}

// diff compares line by line: weaving keeps the lines, unless a body was replaced.
func diff(path, before, after string) string {
	var out strings.Builder
	was, is := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	if before == "" {
		fmt.Fprintf(&out, "--- /dev/null\n+++ %s\n@@ -0,0 +1,%d @@\n%s", path, len(is)-1, prefixed("+", is))
		return out.String()
	}
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", path, path)
	if len(was) != len(is) {
		head := 0
		for head < min(len(was), len(is)) && was[head] == is[head] {
			head++
		}
		tail := 0
		for tail < min(len(was), len(is))-head && was[len(was)-1-tail] == is[len(is)-1-tail] {
			tail++
		}
		hunk(&out, head, was[head:len(was)-tail], is[head:len(is)-tail])
		return out.String()
	}
	for i := 0; i < len(was); i++ {
		start := i
		for i < len(was) && was[i] != is[i] {
			i++
		}
		if i > start {
			hunk(&out, start, was[start:i], is[start:i])
		}
	}
	return out.String()
}

func hunk(out *strings.Builder, start int, was, is []string) {
	fmt.Fprintf(out, "@@ -%d,%d +%d,%d @@\n%s%s", start+1, len(was), start+1, len(is), prefixed("-", was), prefixed("+", is))
}

func prefixed(mark string, lines []string) string {
	var out strings.Builder
	for _, line := range lines {
		if line != "" {
			out.WriteString(mark + strings.TrimSuffix(line, "\n") + "\n")
		}
	}
	return out.String()
}
