// SPDX-License-Identifier: Apache-2.0

package aspect

import (
	"go/token"
	"maps"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

var adviceKinds = []string{
	PrependStatements, AppendStatements, WrapExpression, AppendArgs, ReplaceArg, ReplaceFunction,
	AddStructField, InjectDeclarations, AssignValue, AddBlankImport,
}

func (p *parser) adviceList(node *yaml.Node) []*Advice {
	if node.Kind != yaml.SequenceNode || len(node.Content) == 0 {
		p.fail(node, "advice: expected a list")
		return nil
	}
	var list []*Advice
	for _, item := range node.Content {
		readers := map[string]func(*yaml.Node){}
		for _, kind := range adviceKinds {
			readers[kind] = func(value *yaml.Node) { list = append(list, p.advice(kind, value)) }
		}
		p.fields(item, readers)
	}
	return list
}

func (p *parser) advice(kind string, node *yaml.Node) *Advice {
	advice := &Advice{Kind: kind, Line: node.Line, Imports: maps.Clone(p.imports), Index: -1}
	if kind == AddBlankImport || (kind == ReplaceFunction && node.Kind == yaml.ScalarNode) {
		advice.Reference = p.str(node)
		advice.Imports = nil
		if path, _ := SplitName(advice.Reference); kind == ReplaceFunction && path == "" {
			p.fail(node, "replace-function: %q is not import/path.Name", advice.Reference)
		}
		return advice
	}
	if node.Kind == yaml.ScalarNode { // short for {template: …}
		advice.Template = p.text(node)
		return advice
	}
	p.fields(node, map[string]func(*yaml.Node){
		"imports":  func(value *yaml.Node) { p.adviceImports(advice, value) },
		"links":    func(value *yaml.Node) { advice.Links = p.strings(value) },
		"template": func(value *yaml.Node) { advice.Template = p.text(value) },
		"values":   func(value *yaml.Node) { advice.Values = p.texts(value) },
		"index":    func(value *yaml.Node) { advice.Index = p.index(value) },
		"name":     func(value *yaml.Node) { advice.Name = p.str(value) },
		"type":     func(value *yaml.Node) { advice.Type = p.str(value) },
	})
	p.complete(advice, node)
	return advice
}

// complete tells what an advice lacks and what it has to no purpose.
func (p *parser) complete(advice *Advice, node *yaml.Node) {
	needs := func(what string, there, wanted bool) {
		if wanted && !there {
			p.fail(node, "%s: %s is missing", advice.Kind, what)
		}
		if !wanted && there {
			p.fail(node, "%s: %s has no meaning here", advice.Kind, what)
		}
	}
	kind := advice.Kind
	needs("template", advice.Template != nil, kind != AppendArgs && kind != AddStructField)
	needs("values", len(advice.Values) > 0, kind == AppendArgs)
	needs("index", advice.Index >= 0, kind == ReplaceArg)
	needs("name", advice.Name != "", kind == AddStructField)
	if kind != AppendArgs {
		needs("type", advice.Type != "", kind == AddStructField)
	}
	if advice.Name != "" && !token.IsIdentifier(advice.Name) {
		p.fail(node, "%s: %q is not a Go identifier", kind, advice.Name)
	}
}

func (p *parser) adviceImports(advice *Advice, node *yaml.Node) {
	if advice.Imports == nil {
		advice.Imports = map[string]string{}
	}
	for alias, path := range p.stringMap(node) {
		if !token.IsIdentifier(alias) || path == "" {
			p.fail(node, "imports: %q: %q is not a name and an import path", alias, path)
			continue
		}
		advice.Imports[alias] = path
	}
}

func (p *parser) index(node *yaml.Node) int {
	index, err := strconv.Atoi(p.str(node))
	if err != nil || index < 0 {
		p.fail(node, "index: expected 0, 1, …")
	}
	return index
}

func (p *parser) texts(node *yaml.Node) []*Text {
	if node.Kind != yaml.SequenceNode {
		return []*Text{p.text(node)}
	}
	var texts []*Text
	for _, item := range node.Content {
		texts = append(texts, p.text(item))
	}
	return texts
}

func (p *parser) text(node *yaml.Node) *Text {
	text := &Text{Source: p.str(node), Line: node.Line}
	if node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		text.Line++ // the block begins below its indicator
	}
	if err := text.Prepare(); err != nil {
		line, message := templateError(err, text.Line)
		p.failAt(line, 0, "template: %s", message)
	}
	for _, one := range text.fields() {
		if problem := one.problem(); problem != "" {
			p.failAt(one.line, 0, "%s", problem)
		}
	}
	return text
}

// suits checks that each advice can be given at what the join point selects.
func (p *parser) suits(aspect *Aspect) {
	selected := aspect.JoinPoint.Selects()
	for _, advice := range aspect.Advice {
		if advice == nil {
			continue
		}
		p.callsOnly(advice, selected)
		allowed, limited := adviceOn[advice.Kind]
		if !limited {
			continue
		}
		for _, kind := range selected {
			if !slices.Contains(allowed, kind) {
				p.failAt(advice.Line, 0, "%s cannot be given at a %s", advice.Kind, kind)
			}
		}
		if len(selected) == 0 {
			p.failAt(advice.Line, 0, "%s needs a join point that selects one of %v", advice.Kind, allowed)
		}
	}
}

var callLike = []string{FunctionCall, MethodCall, Directive}
var functionLike = []string{Function, Directive, TestMain}

// adviceOn: what an advice may be given at. A directive may stand at anything.
var adviceOn = map[string][]string{
	PrependStatements: append([]string{FunctionCall, MethodCall}, functionLike...),
	AppendStatements:  functionLike,
	WrapExpression:    append([]string{StructLiteral}, callLike...),
	AppendArgs:        callLike,
	ReplaceArg:        callLike,
	ReplaceFunction:   append([]string{Function}, callLike...),
	AddStructField:    {StructDefinition, Directive},
	AssignValue:       {ValueDeclaration, Directive},
}
