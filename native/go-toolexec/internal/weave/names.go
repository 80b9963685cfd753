// SPDX-License-Identifier: Apache-2.0

package weave

import (
	"fmt"
	"go/ast"
	"maps"
	"slices"
)

// names are those of a function's receiver, parameters and results, made up where it has none.
type names struct {
	receiver        string
	arguments       []string
	argumentTypes   []ast.Expr
	results         []string
	resultTypes     []ast.Expr
	asked           struct{ receiver, arguments, results bool }
	source          *source
	receiverList    *ast.FieldList
	argumentsList   *ast.FieldList
	resultsList     *ast.FieldList
	resultsUnbraced bool
}

func (s *source) namesOf(function ast.Node) *names {
	var signature *ast.FuncType
	n := &names{source: s}
	switch function := function.(type) {
	case *ast.FuncDecl:
		signature, n.receiverList = function.Type, function.Recv
	case *ast.FuncLit:
		signature = function.Type
	}
	if known := s.named[signature]; known != nil {
		return known
	}
	s.named[signature] = n
	n.argumentsList, n.resultsList = signature.Params, signature.Results
	if n.receiverList != nil {
		given, _ := fieldNames(n.receiverList, "v")
		if len(given) > 0 {
			n.receiver = given[0]
		}
	}
	n.arguments, n.argumentTypes = fieldNames(n.argumentsList, "a")
	if n.resultsList != nil {
		n.results, n.resultTypes = fieldNames(n.resultsList, "r")
		n.resultsUnbraced = !n.resultsList.Opening.IsValid()
	}
	return n
}

// fieldNames gives the name and type of each single parameter.
func fieldNames(list *ast.FieldList, letter string) ([]string, []ast.Expr) {
	var given []string
	var types []ast.Expr
	for _, field := range list.List {
		if len(field.Names) == 0 {
			given = append(given, madeUp(letter, len(given)))
			types = append(types, field.Type)
		}
		for _, name := range field.Names {
			if name.Name == "_" {
				given = append(given, madeUp(letter, len(given)))
			} else {
				given = append(given, name.Name)
			}
			types = append(types, field.Type)
		}
	}
	return given, types
}

func madeUp(letter string, index int) string { return fmt.Sprintf("__otelkit_%s%d", letter, index) }

// The three below write made-up names into the file, once somebody asked for one.

func (n *names) askReceiver() {
	if n.asked.receiver || n.receiverList == nil {
		return
	}
	n.asked.receiver = true
	n.source.writeNames(n.receiverList, "v")
}

func (n *names) askArguments() {
	if n.asked.arguments {
		return
	}
	n.asked.arguments = true
	n.source.writeNames(n.argumentsList, "a")
}

func (n *names) askResults() {
	if n.asked.results || n.resultsList == nil {
		return
	}
	n.asked.results = true
	if n.resultsUnbraced && len(n.resultsList.List) == 1 {
		result := n.resultsList.List[0].Type
		n.source.insert(n.source.offset(result.Pos()), text("("+madeUp("r", 0)+" "))
		n.source.insert(n.source.offset(result.End()), text(")"))
		return
	}
	n.source.writeNames(n.resultsList, "r")
}

func (s *source) writeNames(list *ast.FieldList, letter string) {
	index := 0
	for _, field := range list.List {
		if len(field.Names) == 0 {
			s.insert(s.offset(field.Type.Pos()), text(madeUp(letter, index)+" "))
			index++
		}
		for _, name := range field.Names {
			if name.Name == "_" {
				s.replace(s.offset(name.Pos()), s.offset(name.End()), text(madeUp(letter, index)))
			}
			index++
		}
	}
}

func sortedAliases(imports map[string]string) []string { return slices.Sorted(maps.Keys(imports)) }
