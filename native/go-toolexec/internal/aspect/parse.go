// SPDX-License-Identifier: Apache-2.0

package aspect

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits of what an aspect file may hold.
const (
	MaxFileBytes = 1 << 20
	MaxAspects   = 1000
	MaxDepth     = 32 // of join points in join points
)

// Problem is a mistake in an aspect file.
type Problem struct {
	File    string `json:"-"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Aspect  string `json:"aspect,omitempty"`
	Message string `json:"message"`
}

func (p Problem) Error() string {
	where := fmt.Sprintf("%s:%d", p.File, p.Line)
	if p.Column > 0 {
		where = fmt.Sprintf("%s:%d", where, p.Column)
	}
	if p.Aspect != "" {
		return fmt.Sprintf("%s: aspect %s: %s", where, p.Aspect, p.Message)
	}
	return fmt.Sprintf("%s: %s", where, p.Message)
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9/._-]*$`)
var lineOfError = regexp.MustCompile(`line (\d+)`)

// parser collects what is wrong instead of stopping at the first mistake.
type parser struct {
	file     string
	aspect   string
	imports  map[string]string
	problems []Problem
}

// Parse reads one aspect file. With problems the aspects are those that could be read.
func Parse(file string, content []byte) ([]*Aspect, []Problem) {
	p := &parser{file: file}
	if len(content) > MaxFileBytes {
		p.failAt(1, 0, "larger than %d bytes", MaxFileBytes)
		return nil, p.problems
	}
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		line := 1
		if found := lineOfError.FindStringSubmatch(err.Error()); found != nil {
			fmt.Sscan(found[1], &line)
		}
		p.failAt(line, 0, "%s", strings.TrimPrefix(err.Error(), "yaml: "))
		return nil, p.problems
	}
	if len(document.Content) == 0 {
		return nil, nil // an empty file
	}
	return p.document(document.Content[0]), p.problems
}

func (p *parser) failAt(line, column int, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	p.problems = append(p.problems, Problem{p.file, line, column, p.aspect, message})
}

func (p *parser) fail(node *yaml.Node, format string, args ...any) {
	p.failAt(node.Line, node.Column, format, args...)
}

func (p *parser) document(root *yaml.Node) []*Aspect {
	var list *yaml.Node
	p.fields(root, map[string]func(*yaml.Node){
		"aspects": func(node *yaml.Node) { list = node },
		"imports": func(node *yaml.Node) { p.imports = p.stringMap(node) },
	})
	if list == nil {
		return nil
	}
	if list.Kind != yaml.SequenceNode {
		p.fail(list, "aspects: expected a list")
		return nil
	}
	if len(list.Content) > MaxAspects {
		p.fail(list, "aspects: more than %d", MaxAspects)
		return nil
	}
	var aspects []*Aspect
	seen := map[string]bool{}
	for _, node := range list.Content {
		p.aspect = ""
		aspect := p.oneAspect(node)
		if seen[aspect.ID] && aspect.ID != "" {
			p.fail(node, "the id is used twice in this file")
		}
		seen[aspect.ID] = true
		aspects = append(aspects, aspect)
	}
	p.aspect = ""
	return aspects
}

func (p *parser) oneAspect(node *yaml.Node) *Aspect {
	aspect := &Aspect{File: p.file, Line: node.Line}
	var joinPoint, advice *yaml.Node
	p.fields(node, map[string]func(*yaml.Node){
		"id": func(value *yaml.Node) {
			aspect.ID, aspect.Line = p.str(value), value.Line
			p.aspect = aspect.ID
			if !idPattern.MatchString(aspect.ID) {
				p.fail(value, "id: letters, digits and / . _ - only")
			}
		},
		"description": func(value *yaml.Node) { aspect.Description = p.str(value) },
		"go":          func(value *yaml.Node) { aspect.Go = p.constraint(value) },
		"module":      func(value *yaml.Node) { aspect.Module = p.constraint(value) },
		"join-point":  func(value *yaml.Node) { joinPoint = value },
		"advice":      func(value *yaml.Node) { advice = value },
	})
	if aspect.ID == "" {
		p.fail(node, "an aspect without id")
	}
	if joinPoint == nil {
		p.fail(node, "an aspect without join-point")
	} else {
		aspect.JoinPoint = p.joinPoint(joinPoint, 0)
	}
	if advice == nil {
		p.fail(node, "an aspect without advice")
	} else {
		aspect.Advice = p.adviceList(advice)
	}
	if aspect.JoinPoint != nil {
		p.suits(aspect)
	}
	return aspect
}

// fields hands each value of a mapping to its reader and refuses unknown and repeated keys.
func (p *parser) fields(node *yaml.Node, readers map[string]func(*yaml.Node)) {
	if node.Kind != yaml.MappingNode {
		p.fail(node, "expected a mapping with %s", strings.Join(sortedKeys(readers), ", "))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		read, known := readers[key.Value]
		switch {
		case !known:
			p.fail(key, "unknown key %q; known: %s", key.Value, strings.Join(sortedKeys(readers), ", "))
		case seen[key.Value]:
			p.fail(key, "%s stands twice", key.Value)
		default:
			seen[key.Value] = true
			read(value)
		}
	}
}

func (p *parser) str(node *yaml.Node) string {
	if node.Kind != yaml.ScalarNode {
		p.fail(node, "expected text")
		return ""
	}
	return node.Value
}

func (p *parser) boolean(node *yaml.Node) *bool {
	var value bool
	if err := node.Decode(&value); err != nil {
		p.fail(node, "expected true or false")
	}
	return &value
}

// strings reads a text or a list of texts.
func (p *parser) strings(node *yaml.Node) []string {
	if node.Kind == yaml.ScalarNode {
		return []string{node.Value}
	}
	if node.Kind != yaml.SequenceNode {
		p.fail(node, "expected text or a list of texts")
		return nil
	}
	texts := []string{}
	for _, item := range node.Content {
		texts = append(texts, p.str(item))
	}
	return texts
}

func (p *parser) stringMap(node *yaml.Node) map[string]string {
	values := map[string]string{}
	if node.Kind != yaml.MappingNode {
		p.fail(node, "expected a mapping of names to import paths")
		return values
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		values[p.str(node.Content[i])] = p.str(node.Content[i+1])
	}
	return values
}

func (p *parser) constraint(node *yaml.Node) Constraint {
	constraint, err := ParseConstraint(p.str(node))
	if err != nil {
		p.fail(node, "%s", err)
	}
	return constraint
}
