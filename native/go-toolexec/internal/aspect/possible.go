// SPDX-License-Identifier: Apache-2.0

package aspect

import (
	"slices"
	"strings"
)

// Selects gives the kinds of places that a join point chooses among. None: the package itself.
func (j *JoinPoint) Selects() []string {
	var kinds []string
	add := func(kind string) {
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	switch j.Kind {
	case AllOf, OneOf, FunctionBody:
		for _, child := range j.Of {
			for _, kind := range child.Selects() {
				add(kind)
			}
		}
		if j.Kind == FunctionBody {
			add(Function)
		}
	case Function, FunctionCall, MethodCall, StructDefinition, StructLiteral, ValueDeclaration,
		Directive, TestMain:
		add(j.Kind)
	}
	return kinds
}

// Package is what is known of a package before its files are read.
type Package struct {
	Path     string
	Name     string // empty: not known
	Standard bool
	Imports  func(path string) bool
	TestMain bool
}

type answer int

const (
	no answer = iota
	maybe
	yes
)

// Possible tells whether the aspect can match anything in a package, by what is known of the
// package without reading it.
func (a *Aspect) Possible(pkg *Package) bool {
	if IsOurs(pkg.Path) {
		return false
	}
	if (pkg.Standard || neverByChance(pkg.Path)) && !a.JoinPoint.Names(pkg.Path) {
		return false
	}
	return a.JoinPoint.possible(pkg) != no
}

// IsOurs tells whether a package belongs to the module that woven code calls.
func IsOurs(importPath string) bool { return PathMatches("otelkit.dev/go/...", importPath) }

// neverByChance: packages of OpenTelemetry's own implementation are woven only when named.
func neverByChance(importPath string) bool {
	return PathMatches("go.opentelemetry.io/otel/...", importPath) ||
		PathMatches("go.opentelemetry.io/proto/...", importPath)
}

// Names tells whether an import path is named outright: such aspects know what they may import.
func (j *JoinPoint) Names(importPath string) bool {
	switch j.Kind {
	case Not:
		return false
	case ImportPath:
		return slices.Contains(j.Patterns, importPath)
	case StructDefinition:
		return slices.ContainsFunc(j.Patterns, func(reference string) bool {
			path, _ := SplitName(reference)
			return path == importPath
		})
	}
	return slices.ContainsFunc(j.Of, func(child *JoinPoint) bool { return child.Names(importPath) })
}

func (j *JoinPoint) possible(pkg *Package) answer {
	switch j.Kind {
	case AllOf:
		result := yes
		for _, child := range j.Of {
			result = min(result, child.possible(pkg))
		}
		return result
	case OneOf:
		result := no
		for _, child := range j.Of {
			result = max(result, child.possible(pkg))
		}
		return result
	case Not:
		return yes - j.Of[0].possible(pkg)
	case Inside, FunctionBody:
		return min(maybe, j.Of[0].possible(pkg))
	case ImportPath:
		return certain(slices.ContainsFunc(j.Patterns, func(pattern string) bool {
			return PathMatches(pattern, pkg.Path)
		}))
	case PackageName:
		if pkg.Name == "" {
			return maybe
		}
		return certain(NameMatches(j.Patterns, pkg.Name))
	case FunctionCall, StructLiteral, StructDefinition:
		return j.referencePossible(pkg)
	case TestMain:
		return min(maybe, certain(pkg.TestMain))
	}
	return maybe
}

func (j *JoinPoint) referencePossible(pkg *Package) answer {
	for _, reference := range j.Patterns {
		path, _ := SplitName(strings.TrimPrefix(reference, "*"))
		if path == "" || path == pkg.Path || (j.Kind != StructDefinition && pkg.Imports(path)) {
			return maybe
		}
	}
	return no
}

func certain(value bool) answer {
	if value {
		return yes
	}
	return no
}

// Targets gives the import paths that a join point is about, in the order they stand.
func (j *JoinPoint) Targets() []string {
	var targets []string
	add := func(path string) {
		if path != "" && !slices.Contains(targets, path) {
			targets = append(targets, path)
		}
	}
	switch j.Kind {
	case Not:
	case ImportPath:
		for _, pattern := range j.Patterns {
			add(pattern)
		}
	case FunctionCall, StructDefinition, StructLiteral:
		for _, reference := range j.Patterns {
			path, _ := SplitName(reference)
			add(path)
		}
	case MethodCall:
		path, _ := SplitName(strings.TrimPrefix(j.Method.Receiver, "*"))
		add(path)
	default:
		for _, child := range j.Of {
			for _, path := range child.Targets() {
				add(path)
			}
		}
	}
	return targets
}
