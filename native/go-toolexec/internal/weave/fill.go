// SPDX-License-Identifier: Apache-2.0

package weave

import (
	"fmt"
	"go/ast"
	"path"
	"strings"

	"otelkit/go-toolexec/internal/aspect"
)

// fill fills a template in for a place and gives it as pieces on one line.
func (w *weaver) fill(a *aspect.Aspect, advice *aspect.Advice, at *place, template *aspect.Text,
	form string) ([]piece, error) {
	code, parts, err := w.execute(a, at, template)
	if err != nil {
		return nil, err
	}
	code.code = strings.TrimRight(code.code, " \t\n")
	if err := code.check(form, advice.Imports, at.file.importName); err != nil {
		return nil, err
	}
	return code.flat(form, parts), nil
}

func (w *weaver) execute(a *aspect.Aspect, at *place, template *aspect.Text) (*snippet, []fragment, error) {
	parts := &fragments{}
	given := map[string]string{}
	unique := func(name string) string {
		if given[name] == "" {
			w.unique++
			given[name] = fmt.Sprintf("__otelkit_%s_%d", name, w.unique)
		}
		return given[name]
	}
	code, lines, err := template.Execute(w.dot(at, parts), unique)
	if err != nil {
		line, message := template.ErrorLine(err)
		return nil, nil, &snippetError{line, "template: " + message}
	}
	return &snippet{code: code, lines: lines, file: a.File}, parts.list, nil
}

func (w *weaver) dot(at *place, parts *fragments) *dot {
	data := &dot{
		Package: packageData{w.options.ImportPath, w.matcher.packageName},
		File:    path.Base(at.file.path),
		Line:    at.file.line(at.file.offset(at.node.Pos())),
		place:   at, fragments: parts,
	}
	if len(at.functions) > 0 {
		function := &functionData{matcher: w.matcher, file: at.file}
		for _, around := range at.functions {
			function.scopes = append([]*names{at.file.namesOf(around)}, function.scopes...)
		}
		if declaration, ok := at.functions[0].(*ast.FuncDecl); ok {
			function.Name, function.ReceiverType = declaration.Name.Name, receiverType(declaration)
		}
		data.Function = function
	}
	switch node := at.node.(type) {
	case *ast.CallExpr:
		data.Call = &callData{node, at.file, parts}
	case *ast.CompositeLit:
		if node.Type != nil {
			data.Type = parts.add(at.file.fragmentOf(node.Type))
		}
	case *ast.TypeSpec:
		data.Type = node.Name.Name
	case *ast.ValueSpec:
		if node.Type != nil {
			data.Type = parts.add(at.file.fragmentOf(node.Type))
		}
	}
	return data
}

// declare puts declarations into a file of their own, once a package.
func (w *weaver) declare(a *aspect.Aspect, advice *aspect.Advice, at *place) error {
	if w.declared[advice] {
		return nil
	}
	w.declared[advice] = true
	code, parts, err := w.execute(a, at, advice.Template)
	if err != nil {
		return err
	}
	used := map[string]bool{}
	err = code.check(formDeclarations, advice.Imports, func(importPath string) string {
		used[importPath] = true
		return importAlias(importPath)
	})
	if err != nil {
		return err
	}
	var out strings.Builder
	fmt.Fprintf(&out, "package %s\n", w.matcher.packageName)
	if used["unsafe"] {
		fmt.Fprintf(&out, "import %s \"unsafe\"\n", importAlias("unsafe"))
		delete(used, "unsafe")
	} else if strings.Contains(code.code, "//go:linkname") {
		out.WriteString("import _ \"unsafe\"\n")
	}
	for _, alias := range sortedAliases(advice.Imports) {
		if importPath := advice.Imports[alias]; used[importPath] {
			delete(used, importPath) // two aliases of one path are one import
			fmt.Fprintf(&out, "import %s %q\n", importAlias(importPath), importPath)
			w.imported(importPath)
		}
	}
	fmt.Fprintf(&out, "//line %s:%d\n", a.File, advice.Template.Line)
	out.WriteString(code.unfolded(parts, at.file))
	w.result.BodyLess = w.result.BodyLess || code.bodyLess
	name := fmt.Sprintf("otelkit_%d.go", len(w.result.Extra))
	w.result.Extra = append(w.result.Extra, Extra{name, []byte(out.String())})
	return nil
}
