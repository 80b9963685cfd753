// SPDX-License-Identifier: Apache-2.0

// Package aspect holds aspects as data: what stands in the YAML files, checked, with the lines
// it came from. docs/go-build-internals.md describes the language.
package aspect

import "text/template"

// Aspect is one entry of an aspect file.
type Aspect struct {
	ID          string
	Description string     `json:",omitempty"`
	File        string     // as given; for what is built in: otelkit.dev/go/aspects/NAME
	Line        int        // of the id
	BuiltIn     bool       `json:",omitempty"`
	Go          Constraint `json:",omitempty"`
	Module      Constraint `json:",omitempty"`
	JoinPoint   *JoinPoint
	Advice      []*Advice
}

// The kinds of join points, as they are written.
const (
	AllOf            = "all-of"
	OneOf            = "one-of"
	Not              = "not"
	ImportPath       = "import-path"
	PackageName      = "package-name"
	Function         = "function"
	FunctionBody     = "function-body"
	FunctionCall     = "function-call"
	MethodCall       = "method-call"
	StructDefinition = "struct-definition"
	StructLiteral    = "struct-literal"
	ValueDeclaration = "value-declaration"
	Directive        = "directive"
	TestMain         = "test-main"
	Inside           = "inside"
)

// JoinPoint is a condition on a place of the source.
type JoinPoint struct {
	Kind     string
	Line     int
	Of       []*JoinPoint     `json:",omitempty"` // all-of, one-of, not, inside, function-body
	Patterns []string         `json:",omitempty"` // import-path, package-name, function-call, …
	Function *FunctionPattern `json:",omitempty"`
	Method   *MethodPattern   `json:",omitempty"`
	Pointer  *bool            `json:",omitempty"` // struct-literal
	Value    *ValuePattern    `json:",omitempty"`
}

// FunctionPattern describes function declarations; a nil field is not looked at.
type FunctionPattern struct {
	Names    []string `json:",omitempty"` // globs
	Receiver *string  `json:",omitempty"` // T, *T; empty: no receiver
	Args     []string `json:",omitempty"` // types
	HasArgs  bool     `json:",omitempty"`
	Returns  []string `json:",omitempty"`
	HasRets  bool     `json:",omitempty"`
	Exported *bool    `json:",omitempty"`
}

// MethodPattern describes calls of methods. Receiver: import/path.T or *import/path.T.
type MethodPattern struct {
	Receiver string
	Names    []string
}

// ValuePattern describes package-level var and const declarations.
type ValuePattern struct {
	Names []string `json:",omitempty"`
	Type  string   `json:",omitempty"`
}

// The kinds of advice, as they are written.
const (
	PrependStatements  = "prepend-statements"
	AppendStatements   = "append-statements"
	WrapExpression     = "wrap-expression"
	AppendArgs         = "append-args"
	ReplaceArg         = "replace-arg"
	ReplaceFunction    = "replace-function"
	AddStructField     = "add-struct-field"
	InjectDeclarations = "inject-declarations"
	AssignValue        = "assign-value"
	AddBlankImport     = "add-blank-import"
)

// Advice is a change at a join point.
type Advice struct {
	Kind      string
	Line      int
	Imports   map[string]string `json:",omitempty"` // alias → import path
	Links     []string          `json:",omitempty"`
	Template  *Text             `json:",omitempty"`
	Values    []*Text           `json:",omitempty"` // append-args
	Index     int               `json:",omitempty"` // replace-arg
	Name      string            `json:",omitempty"` // add-struct-field
	Type      string            `json:",omitempty"` // add-struct-field, append-args
	Reference string            `json:",omitempty"` // replace-function, add-blank-import
}

// Text is a template with the line on which its first line stands.
type Text struct {
	Source string
	Line   int

	parsed *template.Template
}

// Links gives every import path that the aspect wants linked, not imported.
func (a *Aspect) Links() []string {
	var links []string
	for _, advice := range a.Advice {
		links = append(links, advice.Links...)
	}
	return links
}

// Imports gives every import path that woven code of the aspect imports.
func (a *Aspect) Imports() []string {
	var paths []string
	for _, advice := range a.Advice {
		for _, path := range advice.Imports {
			paths = append(paths, path)
		}
		switch advice.Kind {
		case AddBlankImport:
			paths = append(paths, advice.Reference)
		case ReplaceFunction:
			if path, _ := SplitName(advice.Reference); path != "" {
				paths = append(paths, path)
			}
		}
	}
	return paths
}
