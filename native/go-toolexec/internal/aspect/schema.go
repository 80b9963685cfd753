// SPDX-License-Identifier: Apache-2.0

package aspect

import (
	"fmt"
	"slices"
	"strings"
	"text/template/parse"
)

// schema is what templates may name behind a dot; nothing where no more may follow. The weaver's
// data has the same names (weave.dot).
var schema = map[string][]string{
	"Function": {"Argument", "ArgumentCount", "ArgumentOfType", "Name", "Receiver", "ReceiverType", "Result",
		"ResultCount", "ResultOfType"},
	"Call":      {"Argument", "ArgumentCount", "Arguments", "Ellipsis", "Function", "Receiver"},
	"Package":   {"Name", "Path"},
	"Directive": nil, "File": nil, "Line": nil, "Type": nil,
}

// field is a name in a template: .Function.Name.
type field struct {
	names []string
	line  int
}

func (f *field) String() string { return "." + strings.Join(f.names, ".") }

// problem tells what is wrong with the name, "" if nothing.
func (f *field) problem() string {
	below, there := schema[f.names[0]]
	known := below
	switch {
	case !there:
		for name := range schema {
			known = append(known, name)
		}
		slices.Sort(known)
	case len(f.names) == 1 || (len(f.names) == 2 && slices.Contains(below, f.names[1])):
		return ""
	case len(below) == 0 || len(f.names) > 2:
		return fmt.Sprintf("template: %s: there is nothing behind .%s", f, strings.Join(f.names[:len(f.names)-1], "."))
	}
	return fmt.Sprintf("template: %s is not known; known: %s", f, strings.Join(known, ", "))
}

// fields gives the names that a template starts at its dot or at $, in order. Within `with` and
// `range` the dot is another, so only $ counts there.
func (t *Text) fields() []field {
	var found []field
	if t.parsed == nil || t.parsed.Tree == nil {
		return nil
	}
	walk(t.parsed.Tree.Root, true, func(names []string, at parse.Pos) {
		found = append(found, field{names, t.Line + strings.Count(t.Source[:at], "\n")})
	})
	return found
}

func walk(node parse.Node, isRoot bool, found func([]string, parse.Pos)) {
	switch node := node.(type) {
	case *parse.ListNode:
		if node == nil {
			return
		}
		for _, child := range node.Nodes {
			walk(child, isRoot, found)
		}
	case *parse.ActionNode:
		walk(node.Pipe, isRoot, found)
	case *parse.PipeNode:
		for _, command := range node.Cmds {
			for _, argument := range command.Args {
				walk(argument, isRoot, found)
			}
		}
	case *parse.IfNode:
		walkBranch(&node.BranchNode, isRoot, isRoot, found)
	case *parse.WithNode:
		walkBranch(&node.BranchNode, isRoot, false, found)
	case *parse.RangeNode:
		walkBranch(&node.BranchNode, isRoot, false, found)
	case *parse.ChainNode:
		walk(node.Node, isRoot, found)
	case *parse.FieldNode:
		if isRoot {
			found(node.Ident, node.Pos)
		}
	case *parse.VariableNode:
		if node.Ident[0] == "$" && len(node.Ident) > 1 {
			found(node.Ident[1:], node.Pos)
		}
	}
}

func walkBranch(node *parse.BranchNode, isRoot, inside bool, found func([]string, parse.Pos)) {
	walk(node.Pipe, isRoot, found)
	walk(node.List, inside, found)
	walk(node.ElseList, isRoot, found)
}

// callsOnly checks that .Call is named only where the join point selects calls.
func (p *parser) callsOnly(advice *Advice, selected []string) {
	if slices.ContainsFunc(selected, func(kind string) bool { return slices.Contains(callLike, kind) }) {
		return
	}
	for _, text := range append(slices.Clone(advice.Values), advice.Template) {
		if text == nil {
			continue
		}
		for _, one := range text.fields() {
			if one.names[0] == "Call" {
				p.failAt(one.line, 0, "template: %s: the join point selects no call", &one)
			}
		}
	}
}
