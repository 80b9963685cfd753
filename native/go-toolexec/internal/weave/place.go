// SPDX-License-Identifier: Apache-2.0

package weave

import "go/ast"

// placeOf makes a place of the innermost node of a stack; nil if no join point selects such.
func placeOf(file *source, stack []ast.Node) *place {
	node := stack[len(stack)-1]
	at := &place{file: file, node: node}
	switch node := node.(type) {
	case *ast.FuncDecl:
		if node.Body == nil {
			return nil
		}
	case *ast.CallExpr:
		at.expression = node
	case *ast.CompositeLit:
		at.expression = node
		if address, ok := stack[len(stack)-2].(*ast.UnaryExpr); ok {
			at.expression, at.pointer = address, true
		}
	case *ast.TypeSpec:
	case *ast.ValueSpec:
		if len(stack) != 3 { // File, GenDecl, ValueSpec
			return nil
		}
	case ast.Stmt:
		if len(file.marks) == 0 || !inList(stack, len(stack)-1) {
			return nil
		}
	default:
		return nil
	}
	for i, around := range stack {
		switch around.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			at.functions = append(at.functions, around)
		case ast.Stmt:
			if inList(stack, i) {
				at.statement = around.(ast.Stmt)
			}
		}
	}
	return at
}

// inList tells whether the statement at an index of the stack stands in a list of statements.
func inList(stack []ast.Node, index int) bool {
	if index == 0 {
		return false
	}
	switch around := stack[index-1].(type) {
	case *ast.BlockStmt:
		_, isCase := stack[index].(*ast.CaseClause)
		_, isComm := stack[index].(*ast.CommClause)
		return !isCase && !isComm
	case *ast.CaseClause:
		return true
	case *ast.CommClause:
		return around.Comm != stack[index]
	}
	return false
}
