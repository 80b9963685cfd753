// SPDX-License-Identifier: Apache-2.0

package weave

import (
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"slices"
	"strings"

	"otelkit/go-toolexec/internal/aspect"
)

// Options say what is woven.
type Options struct {
	ImportPath  string
	PackageName string
	TestMain    bool
	Files       []File
	Aspects     []*aspect.Aspect                    // those that may match this package
	NameOf      func(importPath string) string      // a package's own name, "" if not known; may be nil
	Open        func(string) (io.ReadCloser, error) // export data by import path; may be nil
	Assume      bool                                // without type information: what may match does
	Diagnose    bool                                // write the aspects' own lines, for the messages of a compiler
}

// File is one of the compiler's arguments.
type File struct {
	Name    string // as given
	Path    string // absolute
	Content []byte
}

// Match is one place at which an aspect applies.
type Match struct {
	Aspect *aspect.Aspect
	Kind   string
	Path   string
	Line   int
	Column int
}

// Result is what the compiler shall be given.
type Result struct {
	Files    map[string][]byte // new content by the name given
	Extra    []Extra
	Imports  []string // that were added
	Matches  []Match
	BodyLess bool // a declaration without body was injected
}

// Extra is a file that did not exist.
type Extra struct {
	Name    string
	Content []byte
}

type weaver struct {
	options  *Options
	matcher  *matcher
	files    []*source
	result   *Result
	declared map[*aspect.Advice]bool
	unique   int
}

// Package weaves one package. An error is an aspect.Problem where an aspect is to blame.
func Package(options *Options) (*Result, error) {
	w := &weaver{
		options: options, declared: map[*aspect.Advice]bool{},
		result:  &Result{Files: map[string][]byte{}},
		matcher: &matcher{importPath: options.ImportPath, packageName: options.PackageName, testMain: options.TestMain},
	}
	if options.NameOf == nil {
		options.NameOf = func(string) string { return "" }
	}
	if !slices.ContainsFunc(options.Files, func(file File) bool { return w.worthReading(file.Content) }) {
		return w.result, nil
	}
	if err := w.parse(); err != nil {
		return w.result, nil //nolint:nilerr // the compiler says it better
	}
	for _, one := range options.Aspects {
		if err := w.apply(one); err != nil {
			return nil, err
		}
	}
	w.finish()
	return w.result, nil
}

func (w *weaver) worthReading(content []byte) bool {
	return slices.ContainsFunc(w.options.Aspects, func(one *aspect.Aspect) bool { return one.InText(content) })
}

func (w *weaver) parse() error {
	fset := token.NewFileSet()
	w.matcher.types = &typeQuestions{
		fset: fset, importPath: w.options.ImportPath, open: w.options.Open, assume: w.options.Assume,
	}
	for _, file := range w.options.Files {
		parsed, err := parseSource(fset, file.Name, file.Path, file.Content)
		if err != nil {
			return err
		}
		parsed.nameImports(w.options.NameOf)
		parsed.readDirectives()
		w.files = append(w.files, parsed)
		w.matcher.packageName = parsed.syntax.Name.Name
	}
	w.matcher.types.files = w.files
	return nil
}

func (w *weaver) apply(one *aspect.Aspect) error {
	w.matcher.types.builtIn = one.BuiltIn
	if len(one.JoinPoint.Selects()) == 0 {
		at := &place{file: w.files[0], node: w.files[0].syntax}
		if w.matcher.matches(one.JoinPoint, at) {
			return w.at(one, at)
		}
		return nil
	}
	for _, file := range w.files {
		if !one.InText(file.content) {
			continue
		}
		var failed error
		visit(file, func(at *place) {
			if failed == nil && w.matcher.matches(one.JoinPoint, at) {
				failed = w.at(one, at)
			}
		})
		if failed == nil && w.matcher.types.missed != nil {
			failed = aspect.Problem{File: one.File, Line: one.Line, Aspect: one.ID, Message: "its method calls are " +
				"told apart by type, and this otel-go is older than this Go: " + w.matcher.types.missed.Error()}
		}
		if failed != nil {
			return failed
		}
	}
	return nil
}

// at gives every advice of an aspect at a place, and names the aspect in what goes wrong.
func (w *weaver) at(one *aspect.Aspect, at *place) error {
	position := at.file.tokens.PositionFor(at.node.Pos(), false)
	for _, advice := range one.Advice {
		if err := w.advise(one, advice, at); err != nil {
			problem := aspect.Problem{File: one.File, Line: advice.Line, Aspect: one.ID, Message: err.Error()}
			if w.options.Assume {
				continue // it may not match at all; if it does, compiling tells
			}
			if inside, ok := err.(*snippetError); ok {
				problem.Line = inside.line
			}
			problem.Message += fmt.Sprintf(" (at %s:%d:%d)", at.file.path, position.Line, position.Column)
			return problem
		}
	}
	w.result.Matches = append(w.result.Matches, Match{
		Aspect: one, Kind: strings.Join(one.JoinPoint.Selects(), ", "),
		Path: at.file.path, Line: position.Line, Column: position.Column,
	})
	return nil
}

// finish writes out every file that something was changed in.
func (w *weaver) finish() {
	for _, file := range w.files {
		if len(file.edits) == 0 && len(file.added) == 0 {
			continue
		}
		paths := make([]string, 0, len(file.added))
		for path := range file.added {
			paths = append(paths, path)
		}
		slices.Sort(paths)
		var imports strings.Builder
		for _, path := range paths {
			fmt.Fprintf(&imports, "; import %s %q", file.added[path], path)
			w.imported(path)
		}
		if imports.Len() > 0 {
			file.insert(file.offset(file.syntax.Name.End()), text(imports.String()))
		}
		w.result.Files[file.name] = file.render(w.options.Diagnose)
	}
	slices.Sort(w.result.Imports)
}

func (w *weaver) imported(path string) {
	if path != "unsafe" && !slices.Contains(w.result.Imports, path) {
		w.result.Imports = append(w.result.Imports, path)
	}
}

// visit walks over every node that a join point may select.
func visit(file *source, found func(*place)) {
	var stack []ast.Node
	ast.Inspect(file.syntax, func(node ast.Node) bool {
		if node == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, node)
		if at := placeOf(file, stack); at != nil {
			found(at)
		}
		return true
	})
}

// Imports makes a file that imports packages for what they do when they are initialized.
func Imports(name, packageName string, paths []string) Extra {
	var out strings.Builder
	fmt.Fprintf(&out, "package %s\n", packageName)
	for _, path := range paths {
		fmt.Fprintf(&out, "import _ %q\n", path)
	}
	return Extra{name, []byte(out.String())}
}
