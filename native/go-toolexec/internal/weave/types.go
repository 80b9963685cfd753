// SPDX-License-Identifier: Apache-2.0

package weave

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"strings"
)

// typeQuestions answers what only type information tells. The package is checked at the first
// question; what does not check is no match, the compiler will say why.
type typeQuestions struct {
	fset       *token.FileSet
	importPath string
	files      []*source
	open       func(importPath string) (io.ReadCloser, error)
	asked      bool
	assume     bool
	builtIn    bool  // the aspect asked for is one of ours: without types, a method's name decides
	unread     error // of an import of a newer Go
	missed     error // set where that decided a question
	info       types.Info
	scope      *types.Scope
}

func (q *typeQuestions) ask() {
	if q.asked {
		return
	}
	q.asked = true
	q.info = types.Info{
		Selections: map[*ast.SelectorExpr]*types.Selection{},
		Uses:       map[*ast.Ident]types.Object{},
	}
	if q.open == nil {
		return
	}
	config := types.Config{
		Importer:    &carefulImporter{importer.ForCompiler(q.fset, "gc", q.open), q},
		Error:       func(error) {},
		FakeImportC: true,
	}
	files := make([]*ast.File, len(q.files))
	for i, file := range q.files {
		files[i] = file.syntax
	}
	pkg, _ := config.Check(q.importPath, q.fset, files, &q.info)
	if pkg != nil {
		q.scope = pkg.Scope()
	}
}

// methodOf tells whether a selector calls a method that import/path.Type declares.
func (q *typeQuestions) methodOf(_ *source, selector *ast.SelectorExpr, receiver string) bool {
	if q.assume {
		return true
	}
	q.ask()
	selection := q.info.Selections[selector]
	if selection == nil {
		return q.withoutTypes(receiver)
	}
	method, ok := selection.Obj().(*types.Func)
	if !ok {
		return false
	}
	return typeName(selection.Recv()) == receiver || typeName(method.Signature().Recv().Type()) == receiver
}

// withoutTypes answers for a call whose types did not check. In the receiver's own package that
// means no match; elsewhere the import with the receiver may be what could not be read.
func (q *typeQuestions) withoutTypes(receiver string) bool {
	at := strings.LastIndexByte(receiver, '.')
	if q.unread == nil || at < 0 || receiver[:at] == q.importPath {
		return false
	}
	if !q.builtIn {
		q.missed = q.unread
	}
	return q.builtIn
}

// carefulImporter takes what cannot be decoded for an import that fails: go/types panics at export
// data of a newer Go than the weaver was built with.
type carefulImporter struct {
	inner     types.Importer
	questions *typeQuestions
}

func (c *carefulImporter) Import(path string) (pkg *types.Package, err error) {
	defer func() {
		problem := recover()
		if problem == nil && err != nil {
			problem = err
		}
		if problem != nil {
			err = fmt.Errorf("types of %s cannot be read: %v", path, problem)
			c.questions.unread = err
		}
	}()
	return c.inner.Import(path)
}

func typeName(t types.Type) string {
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		t = pointer.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return ""
	}
	return named.Obj().Pkg().Path() + "." + named.Obj().Name()
}

// dotImported tells whether a bare name comes out of a package imported with a dot.
func (q *typeQuestions) dotImported(_ *source, name *ast.Ident) bool {
	q.ask()
	object := q.info.Uses[name]
	return object != nil && object.Pkg() != nil && object.Pkg().Path() != q.importPath
}
