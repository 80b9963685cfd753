// SPDX-License-Identifier: Apache-2.0

// Package weave puts advice into the files of one package. It inserts text at byte offsets and
// never a line break, so that what people wrote keeps its lines.
package weave

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// source is one file with what shall be changed in it.
type source struct {
	name    string // as the compiler was given it
	path    string // absolute
	content []byte
	syntax  *ast.File
	tokens  *token.File
	edits   []*edit
	imports map[string]string // name in this file → import path
	added   map[string]string // import path → the name it was added by
	named   map[*ast.FuncType]*names
	marks   map[int][]directive // by the line of the comment
}

func parseSource(fset *token.FileSet, name, absolute string, content []byte) (*source, error) {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	syntax, err := parser.ParseFile(fset, absolute, content, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	return &source{
		name: name, path: absolute, content: content, syntax: syntax,
		tokens: fset.File(syntax.FileStart), imports: map[string]string{}, added: map[string]string{},
		named: map[*ast.FuncType]*names{},
	}, nil
}

func (s *source) offset(pos token.Pos) int { return s.tokens.Offset(pos) }

func (s *source) line(offset int) int { return s.tokens.PositionFor(s.tokens.Pos(offset), false).Line }

// nameImports learns by which name each import is used. packageName may know the package's own
// name; where it does not, the name is guessed from the path as people choose them.
func (s *source) nameImports(packageName func(string) string) {
	for _, spec := range s.syntax.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name
		} else if name = packageName(importPath); name == "" {
			name = s.guessName(importPath)
		}
		s.imports[name] = importPath
	}
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)
var dottedVersion = regexp.MustCompile(`\.v[0-9]+$`)

// guessName prefers a name that the file uses and does not declare.
func (s *source) guessName(importPath string) string {
	base := path.Base(importPath)
	if majorVersion.MatchString(base) && strings.Contains(importPath, "/") {
		base = path.Base(path.Dir(importPath))
	}
	base = dottedVersion.ReplaceAllString(base, "")
	guesses := []string{base, strings.TrimPrefix(base, "go-"), strings.TrimSuffix(base, "-go"),
		strings.TrimSuffix(base, ".go"), strings.ReplaceAll(base, "-", ""), strings.ReplaceAll(base, "-", "_")}
	if dash := strings.LastIndexByte(base, '-'); dash >= 0 {
		guesses = append(guesses, base[dash+1:])
	}
	for _, guess := range guesses {
		for _, unresolved := range s.syntax.Unresolved {
			if unresolved.Name == guess {
				return guess
			}
		}
	}
	return base
}

// importName gives the name by which woven code in this file refers to an import path.
func (s *source) importName(importPath string) string {
	name, there := s.added[importPath]
	if !there || name == "_" {
		name = importAlias(importPath)
		s.added[importPath] = name
	}
	return name
}

var notIdentifier = regexp.MustCompile(`[^A-Za-z0-9_]+`)

// importAlias cannot clash with what people write, nor with the alias of another path.
func importAlias(importPath string) string {
	hash := uint32(2166136261) // FNV-1a
	for i := range len(importPath) {
		hash = (hash ^ uint32(importPath[i])) * 16777619
	}
	return fmt.Sprintf("__otelkit_%s_%08x", notIdentifier.ReplaceAllString(path.Base(importPath), "_"), hash)
}

// resolve gives the import path that an identifier stands for in this file, or "".
func (s *source) resolve(name *ast.Ident) string {
	if name.Obj != nil {
		return "" // declared in this file, so it hides the import
	}
	return s.imports[name.Name]
}
