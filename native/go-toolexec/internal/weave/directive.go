// SPDX-License-Identifier: Apache-2.0

package weave

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
)

type directive struct{ name, arguments string }

var directivePattern = regexp.MustCompile(`^//([a-z0-9]+:[a-zA-Z0-9_-]+)(?:[ \t]+(.*))?$`)

// readDirectives notes each //tool:name comment at the line below the run of comments it is in.
func (s *source) readDirectives() {
	s.marks = map[int][]directive{}
	for _, group := range s.syntax.Comments {
		below := s.line(s.offset(group.End())) + 1
		for _, comment := range group.List {
			if found := directivePattern.FindStringSubmatch(comment.Text); found != nil {
				s.marks[below] = append(s.marks[below], directive{found[1], strings.TrimSpace(found[2])})
			}
		}
	}
}

func (m *matcher) directiveMatches(names []string, at *place) bool {
	start := at.node.Pos()
	switch at.node.(type) {
	case *ast.CallExpr, *ast.CompositeLit: // the statement's outermost expression, or its own line
		if at.statement != nil && outermostExpression(at.statement, at.expression) {
			start = at.statement.Pos()
		}
	case *ast.TypeSpec, *ast.ValueSpec:
		start = at.node.Pos()
		if mark := m.marked(names, at, at.file.line(at.file.offset(start))); mark {
			return true
		}
		for _, declaration := range at.file.syntax.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if ok && len(general.Specs) == 1 && general.Specs[0] == at.node {
				start = general.Pos()
			}
		}
	case *ast.FuncDecl:
		start = at.node.(*ast.FuncDecl).Type.Pos()
	}
	return m.marked(names, at, at.file.line(at.file.offset(start)))
}

func (m *matcher) marked(names []string, at *place, line int) bool {
	for _, mark := range at.file.marks[line] {
		if slices.Contains(names, mark.name) {
			at.directive = mark.arguments
			return true
		}
	}
	return false
}

func outermostExpression(statement ast.Stmt, expression ast.Expr) bool {
	var candidates []ast.Expr
	switch statement := statement.(type) {
	case *ast.ExprStmt:
		candidates = []ast.Expr{statement.X}
	case *ast.AssignStmt:
		candidates = statement.Rhs
	case *ast.ReturnStmt:
		candidates = statement.Results
	case *ast.GoStmt:
		candidates = []ast.Expr{statement.Call}
	case *ast.DeferStmt:
		candidates = []ast.Expr{statement.Call}
	}
	return len(candidates) > 0 && candidates[0] == expression
}
