// SPDX-License-Identifier: Apache-2.0

package weave

import (
	"fmt"
	"go/ast"
	"strings"
)

// What templates see. Methods without result in Go's sense give "" where there is nothing.

// dot is `{{ . }}`: the expression, and what can be said of its surroundings.
type dot struct {
	Function  *functionData
	Call      *callData
	Package   packageData
	File      string
	Line      int
	Type      string
	place     *place
	fragments *fragments
}

type packageData struct{ Path, Name string }

func (d *dot) String() string {
	if d.place.expression == nil {
		return ""
	}
	return d.fragments.add(d.place.file.fragmentOf(d.place.expression))
}

// Directive gives the value of key:value or key=value in the directive of the join point.
func (d *dot) Directive(key string) string {
	for _, word := range strings.Fields(d.place.directive) {
		name, value, found := strings.Cut(word, ":")
		if !found {
			name, value, found = strings.Cut(word, "=")
		}
		if found && name == key {
			return value
		}
	}
	return ""
}

func (s *source) fragmentOf(nodes ...ast.Node) fragment {
	one := fragment{separator: ", "}
	for _, node := range nodes {
		one.ranges = append(one.ranges, [2]int{s.offset(node.Pos()), s.offset(node.End())})
	}
	return one
}

// functionData is the function in which the join point lies.
type functionData struct {
	Name         string
	ReceiverType string
	scopes       []*names // innermost first
	matcher      *matcher
	file         *source
}

func (f *functionData) own() *names { return f.scopes[0] }

func (f *functionData) Receiver() (string, error) {
	outermost := f.scopes[len(f.scopes)-1]
	if outermost.receiverList == nil {
		return "", fmt.Errorf("function %s has no receiver", f.Name)
	}
	outermost.askReceiver()
	return outermost.receiver, nil
}

func (f *functionData) ArgumentCount() int { return len(f.own().arguments) }
func (f *functionData) ResultCount() int   { return len(f.own().results) }

func (f *functionData) Argument(index int) (string, error) {
	if index < 0 || index >= len(f.own().arguments) {
		return "", fmt.Errorf("function %s has %d parameters, none with index %d", f.Name, f.ArgumentCount(), index)
	}
	f.own().askArguments()
	return f.own().arguments[index], nil
}

func (f *functionData) Result(index int) (string, error) {
	if index < 0 || index >= len(f.own().results) {
		return "", fmt.Errorf("function %s has %d results, none with index %d", f.Name, f.ResultCount(), index)
	}
	f.own().askResults()
	return f.own().results[index], nil
}

// ArgumentOfType looks outwards: a function literal sees the parameters of what surrounds it.
func (f *functionData) ArgumentOfType(wanted string) string {
	for _, scope := range f.scopes {
		for i, one := range scope.argumentTypes {
			if f.matcher.typeMatches(f.file, one, wanted) {
				scope.askArguments()
				return scope.arguments[i]
			}
		}
	}
	return ""
}

func (f *functionData) ResultOfType(wanted string) string {
	for i, one := range f.own().resultTypes {
		if f.matcher.typeMatches(f.file, one, wanted) {
			f.own().askResults()
			return f.own().results[i]
		}
	}
	return ""
}

// callData is the call that the join point is.
type callData struct {
	call      *ast.CallExpr
	file      *source
	fragments *fragments
}

func (c *callData) ArgumentCount() int { return len(c.call.Args) }
func (c *callData) Ellipsis() bool     { return c.call.Ellipsis.IsValid() }

func (c *callData) Function() string { return c.fragments.add(c.file.fragmentOf(c.call.Fun)) }

func (c *callData) Receiver() (string, error) {
	selector, ok := ast.Unparen(c.call.Fun).(*ast.SelectorExpr)
	if !ok {
		return "", fmt.Errorf("the call has no receiver")
	}
	return c.fragments.add(c.file.fragmentOf(selector.X)), nil
}

func (c *callData) Argument(index int) (string, error) {
	if index < 0 || index >= len(c.call.Args) {
		return "", fmt.Errorf("the call has %d arguments, none with index %d", len(c.call.Args), index)
	}
	return c.fragments.add(c.file.fragmentOf(c.call.Args[index])), nil
}

func (c *callData) Arguments() string {
	if len(c.call.Args) == 0 {
		return ""
	}
	nodes := make([]ast.Node, len(c.call.Args))
	for i, argument := range c.call.Args {
		nodes[i] = argument
	}
	all := c.file.fragmentOf(nodes...)
	if c.Ellipsis() {
		all.after = "..."
	}
	return c.fragments.add(all)
}
