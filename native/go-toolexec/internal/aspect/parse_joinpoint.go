// SPDX-License-Identifier: Apache-2.0

package aspect

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

func sortedKeys[V any](values map[string]V) []string {
	return slices.Sorted(maps.Keys(values))
}

// joinPoint reads a mapping (several keys: all of them) or a list (all of them).
func (p *parser) joinPoint(node *yaml.Node, depth int) *JoinPoint {
	all := &JoinPoint{Kind: AllOf, Line: node.Line}
	if depth > MaxDepth {
		p.fail(node, "join points nested deeper than %d", MaxDepth)
		return all
	}
	if node.Kind == yaml.SequenceNode {
		for _, item := range node.Content {
			all.Of = append(all.Of, p.joinPoint(item, depth+1))
		}
		return all
	}
	readers := map[string]func(*yaml.Node){}
	for kind := range joinPointReaders {
		readers[kind] = func(value *yaml.Node) {
			point := &JoinPoint{Kind: kind, Line: value.Line}
			joinPointReaders[kind](p, point, value, depth)
			all.Of = append(all.Of, point)
		}
	}
	p.fields(node, readers)
	if len(all.Of) == 0 {
		p.fail(node, "a join point without conditions")
	}
	if len(all.Of) == 1 {
		return all.Of[0]
	}
	return all
}

type joinPointReader func(p *parser, point *JoinPoint, value *yaml.Node, depth int)

var joinPointReaders map[string]joinPointReader

func init() { // a literal would refer to itself
	joinPointReaders = map[string]joinPointReader{
		AllOf: readList, OneOf: readList,
		Not: readOne, Inside: readOne, FunctionBody: readOne,
		ImportPath: readPatterns, PackageName: readPatterns, Directive: readPatterns,
		FunctionCall:     readReferences,
		StructDefinition: readPatterns,
		StructLiteral:    readStructLiteral,
		Function:         readFunction,
		MethodCall:       readMethodCall,
		ValueDeclaration: readValue,
		TestMain:         readTestMain,
	}
}

func readList(p *parser, point *JoinPoint, value *yaml.Node, depth int) {
	if value.Kind != yaml.SequenceNode || len(value.Content) == 0 {
		p.fail(value, "%s: expected a list of join points", point.Kind)
		return
	}
	for _, item := range value.Content {
		point.Of = append(point.Of, p.joinPoint(item, depth+1))
	}
}

func readOne(p *parser, point *JoinPoint, value *yaml.Node, depth int) {
	point.Of = []*JoinPoint{p.joinPoint(value, depth+1)}
}

func readPatterns(p *parser, point *JoinPoint, value *yaml.Node, _ int) {
	point.Patterns = p.strings(value)
	for _, pattern := range point.Patterns {
		if pattern == "" {
			p.fail(value, "%s: an empty name", point.Kind)
		}
	}
}

func readReferences(p *parser, point *JoinPoint, value *yaml.Node, depth int) {
	readPatterns(p, point, value, depth)
	for _, reference := range point.Patterns {
		if path, name := SplitName(reference); path == "" || name == "" {
			p.fail(value, "%s: %q is not import/path.Name", point.Kind, reference)
		}
	}
}

func readStructLiteral(p *parser, point *JoinPoint, value *yaml.Node, depth int) {
	if value.Kind != yaml.MappingNode {
		readReferences(p, point, value, depth)
		return
	}
	p.fields(value, map[string]func(*yaml.Node){
		"type":    func(node *yaml.Node) { readReferences(p, point, node, depth) },
		"pointer": func(node *yaml.Node) { point.Pointer = p.boolean(node) },
	})
	if len(point.Patterns) == 0 {
		p.fail(value, "struct-literal: type is missing")
	}
}

func readFunction(p *parser, point *JoinPoint, value *yaml.Node, _ int) {
	pattern := &FunctionPattern{}
	point.Function = pattern
	p.fields(value, map[string]func(*yaml.Node){
		"name": func(node *yaml.Node) { pattern.Names = p.strings(node) },
		"receiver": func(node *yaml.Node) {
			receiver := p.str(node)
			pattern.Receiver = &receiver
		},
		"exported": func(node *yaml.Node) { pattern.Exported = p.boolean(node) },
		"signature": func(node *yaml.Node) {
			p.fields(node, map[string]func(*yaml.Node){
				"args":    func(list *yaml.Node) { pattern.Args, pattern.HasArgs = p.strings(list), true },
				"returns": func(list *yaml.Node) { pattern.Returns, pattern.HasRets = p.strings(list), true },
			})
		},
	})
}

func readMethodCall(p *parser, point *JoinPoint, value *yaml.Node, _ int) {
	pattern := &MethodPattern{}
	point.Method = pattern
	p.fields(value, map[string]func(*yaml.Node){
		"receiver": func(node *yaml.Node) { pattern.Receiver = p.str(node) },
		"name":     func(node *yaml.Node) { pattern.Names = p.strings(node) },
	})
	if path, name := SplitName(pattern.Receiver); path == "" || name == "" {
		p.fail(value, "method-call: receiver must be import/path.Type or *import/path.Type")
	}
	if len(pattern.Names) == 0 {
		p.fail(value, "method-call: name is missing")
	}
}

func readValue(p *parser, point *JoinPoint, value *yaml.Node, _ int) {
	pattern := &ValuePattern{}
	point.Value = pattern
	p.fields(value, map[string]func(*yaml.Node){
		"name": func(node *yaml.Node) { pattern.Names = p.strings(node) },
		"type": func(node *yaml.Node) { pattern.Type = p.str(node) },
	})
}

func readTestMain(p *parser, _ *JoinPoint, value *yaml.Node, _ int) {
	if wanted := p.boolean(value); !*wanted {
		p.fail(value, "test-main: only true is of use; write not: {test-main: true}")
	}
}
