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

	"otelkit/go-toolexec/internal/aspect"
	"otelkit/go-toolexec/internal/state"
	"otelkit/go-toolexec/internal/weave"
)

// onePackage is a package that aspects may match.
type onePackage struct {
	args    *compileArgs
	plan    *state.Plan
	imports *importConfig
	options weave.Options
	folder  string // of the files written
	result  *weave.Result
	err     error
}

// newPackage gives nil if no aspect can match, by what the command line says.
func newPackage(args *compileArgs, plan *state.Plan) (*onePackage, error) {
	path := importPathOf(args)
	if len(args.files) == 0 || aspect.IsOurs(path) {
		return nil, nil
	}
	imports, err := readImportConfig(args.value("-importcfg"))
	if err != nil {
		return nil, nil // not a compilation of a package by go
	}
	one := &onePackage{args: args, plan: plan, imports: imports}
	one.options = weave.Options{
		ImportPath: path,
		TestMain:   isTestMain(args),
		NameOf:     func(path string) string { return plan.Names[path] },
		Open:       imports.open,
	}
	known := &aspect.Package{
		Path: path, Standard: isStandard(args), Imports: imports.has, TestMain: one.options.TestMain,
	}
	if args.value("-p") == "main" {
		known.Name = "main"
	}
	for _, candidate := range plan.Aspects {
		if candidate.Possible(known) && candidate.Module.AllowsModule(moduleVersion(plan, path, args.files[0])) {
			one.options.Aspects = append(one.options.Aspects, candidate)
		}
	}
	if len(one.options.Aspects) == 0 && len(one.links()) == 0 {
		return nil, nil
	}
	return one, nil
}

// importPathOf prefers what go says of the package, since -p is "main" for every program.
func importPathOf(args *compileArgs) string {
	path := args.value("-p")
	if said, _, _ := strings.Cut(os.Getenv("TOOLEXEC_IMPORTPATH"), " "); said != "" && (path == "main" || path == "") {
		return said
	}
	return path
}

// moduleVersion is what the driver listed; without it the module cache's own folder name tells.
func moduleVersion(plan *state.Plan, importPath, file string) string {
	if known := plan.Modules[importPath]; known != "" {
		return known
	}
	for folder := filepath.Dir(file); len(folder) > 1; folder = filepath.Dir(folder) {
		if _, version, found := strings.Cut(filepath.Base(folder), "@"); found {
			return version
		}
	}
	return ""
}

func isStandard(args *compileArgs) bool { return slices.Contains(args.flags, "-std") }

func isTestMain(args *compileArgs) bool {
	return args.value("-p") == "main" && slices.ContainsFunc(args.files, func(name string) bool {
		base := filepath.Base(name) // the second one with -cover over several packages
		return base == "_testmain.go" || base == "_testmain.cover.go"
	})
}

// weave rewrites what aspects match. False: nothing did, or err is set.
func (p *onePackage) weave() bool {
	if p.options.Files == nil {
		for _, name := range p.args.files {
			content, err := os.ReadFile(name)
			if err != nil {
				return false // the compiler says so
			}
			p.options.Files = append(p.options.Files, weave.File{Name: name, Path: absolute(name), Content: content})
		}
	}
	p.result, p.err = weave.Package(&p.options)
	if p.err == nil && len(p.links()) > 0 {
		p.result.Extra = append(p.result.Extra, weave.Imports("otelkit_links.go", "main", p.links()))
		p.result.Imports = append(p.result.Imports, p.links()...)
	}
	if p.err != nil || (len(p.result.Files) == 0 && len(p.result.Extra) == 0) {
		return false
	}
	p.err = p.write()
	return p.err == nil
}

// write puts the new files beside the archive to be and makes the command line name them.
func (p *onePackage) write() error {
	p.folder = filepath.Join(filepath.Dir(p.args.value("-o")), "otelkit")
	if err := os.MkdirAll(p.folder, 0o777); err != nil {
		return err
	}
	files := slices.Clone(p.args.files)
	for i, name := range files {
		content, changed := p.result.Files[name]
		if !changed {
			continue
		}
		files[i] = filepath.Join(p.folder, fmt.Sprintf("%d_%s", i, filepath.Base(name)))
		if err := os.WriteFile(files[i], content, 0o666); err != nil {
			return err
		}
	}
	for _, extra := range p.result.Extra {
		name := filepath.Join(p.folder, extra.Name)
		if err := os.WriteFile(name, extra.Content, 0o666); err != nil {
			return err
		}
		files = append(files, name)
	}
	if p.result.BodyLess {
		p.args.drop("-complete")
	}
	p.args.files = files
	p.args.raiseLanguage()
	return p.addImports()
}

// links gives what a program imports where the driver could not say so to go. Not what go runs
// itself while it builds.
func (p *onePackage) links() []string {
	if p.args.value("-p") != "main" || isStandard(p.args) {
		return nil
	}
	return p.plan.Programs
}

func (p *onePackage) addImports() error {
	missing := map[string]string{}
	for _, path := range p.result.Imports {
		if p.imports.has(path) {
			continue
		}
		archive := p.plan.Archives[path]
		if archive == "" {
			return p.missingImport(path)
		}
		missing[path] = archive
	}
	if len(missing) == 0 {
		return nil
	}
	patched, err := p.imports.with(missing)
	if err == nil {
		p.args.set("-importcfg", patched)
	}
	return err
}

func (p *onePackage) missingImport(path string) error {
	for _, match := range p.result.Matches {
		if slices.Contains(match.Aspect.Imports(), path) {
			return aspect.Problem{File: match.Aspect.File, Line: match.Aspect.Line, Aspect: match.Aspect.ID,
				Message: fmt.Sprintf("woven into %s it imports %s, which is not available there (at %s:%d:%d)",
					p.options.ImportPath, path, match.Path, match.Line, match.Column)}
		}
	}
	return fmt.Errorf("%s: no archive of %s", p.options.ImportPath, path)
}

func (p *onePackage) clean() {
	if p.folder != "" && os.Getenv("OTELKIT_GO_KEEP") == "" {
		os.RemoveAll(p.folder)
	}
}

// explain compiles once more as it was written: if that fails too, its messages are those that a
// plain build gives. If not, the advice is to blame, and its lines are named.
func (p *onePackage) explain(tool, args []string, messages []byte, exit *os.ProcessState) int {
	plain, err := exec.Command(tool[0], slices.Concat(tool[1:], args)...).CombinedOutput()
	if err != nil {
		os.Stdout.Write(plain)
		return exit.ExitCode()
	}
	os.Remove(p.args.value("-o"))
	p.options.Diagnose = true
	parsed := parseCompile(args)
	p.args = &parsed
	if p.weave() {
		named, err := exec.Command(tool[0], slices.Concat(tool[1:], p.args.all())...).CombinedOutput()
		if err != nil {
			messages = p.attribute(named)
		}
	}
	os.Remove(p.args.value("-o"))
	fmt.Fprintf(os.Stderr, "otel-go: %s does not compile with these aspects:\n%s", p.options.ImportPath, messages)
	return 2
}

// attribute puts the aspect's name under messages about its lines, and where it was woven in.
func (p *onePackage) attribute(messages []byte) []byte {
	var out bytes.Buffer
	for line := range strings.Lines(string(messages)) {
		out.WriteString(line)
		if match := p.blame(line); match != nil {
			fmt.Fprintf(&out, "\taspect %s (%s:%d) at %s:%d:%d\n", match.Aspect.ID, match.Aspect.File,
				match.Aspect.Line, match.Path, match.Line, match.Column)
		}
	}
	return out.Bytes()
}

// blame finds the aspect on whose lines of its file a message is.
func (p *onePackage) blame(message string) *weave.Match {
	var nearest *weave.Match
	for i := range p.result.Matches {
		match := &p.result.Matches[i]
		_, after, found := strings.Cut(message, match.Aspect.File+":")
		line := 0
		if found {
			fmt.Sscanf(after, "%d", &line)
		}
		if line >= match.Aspect.Line && (nearest == nil || match.Aspect.Line > nearest.Aspect.Line) {
			nearest = match
		}
	}
	return nearest
}
