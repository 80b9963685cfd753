// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"otelkit/go-toolexec/internal/aspect"
)

func init() {
	Commands["lint"] = lintCommand
	Commands["aspects"] = aspectsCommand
}

type linted struct {
	Files []lintedFile `json:"files"`
}

type lintedFile struct {
	File    string           `json:"file"`
	Aspects int              `json:"aspects"`
	Errors  []aspect.Problem `json:"errors"`
}

// lintCommand checks aspect files without building anything.
func lintCommand(args []string) int {
	files, asJSON := withoutFlag(args, "--json")
	if len(files) == 0 {
		fmt.Fprintln(os.Stderr, "usage: otel-go-toolexec lint [--json] FILE...")
		return 2
	}
	answer, code := linted{Files: []lintedFile{}}, 0
	for _, file := range files {
		one := lintedFile{File: file, Errors: []aspect.Problem{}}
		content, err := os.ReadFile(file)
		if err != nil {
			return fail(err)
		}
		aspects, wrong := aspect.Parse(file, content)
		one.Aspects = len(aspects)
		one.Errors = append(one.Errors, wrong...)
		answer.Files = append(answer.Files, one)
		for _, problem := range wrong {
			code = 1
			if !asJSON {
				fmt.Println(problem.Error())
			}
		}
		if !asJSON && len(wrong) == 0 {
			fmt.Printf("%s: %d aspects\n", file, len(aspects))
		}
	}
	if asJSON {
		printJSON(answer)
	}
	return code
}

type listedAspect struct {
	ID          string   `json:"id"`
	File        string   `json:"file"`
	Line        int      `json:"line"`
	BuiltIn     bool     `json:"builtIn"`
	Description string   `json:"description,omitempty"`
	Targets     []string `json:"targets"`
	Go          string   `json:"go,omitempty"`
}

// aspectsCommand lists the aspects in force here: outside a module, those that are built in.
func aspectsCommand(args []string) int {
	_, asJSON := withoutFlag(args, "--json")
	s, err := newSession([]string{"build"})
	if err != nil {
		return fail(err)
	}
	if err := s.prepareInputs(); err != nil {
		return fail(err)
	}
	listed := []listedAspect{}
	for _, one := range s.aspects {
		targets := one.JoinPoint.Targets()
		if targets == nil {
			targets = []string{}
		}
		listed = append(listed, listedAspect{one.ID, one.File, one.Line, one.BuiltIn, one.Description, targets, one.Go.String()})
	}
	if asJSON {
		return printJSON(listed)
	}
	for _, one := range listed {
		fmt.Printf("%-28s %-40s %s\n", one.ID, strings.Join(one.Targets, " "), filepath.Base(one.File))
	}
	return 0
}
