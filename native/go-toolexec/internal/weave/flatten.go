// SPDX-License-Identifier: Apache-2.0

package weave

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strconv"
	"strings"
)

// The forms in which a template's result must be Go.
const (
	formStatements   = "statements"
	formExpression   = "an expression"
	formType         = "a type"
	formDeclarations = "declarations"
)

var wrappings = map[string][2]string{
	formStatements:   {"package p; func _() {\n", "\n}\n"},
	formExpression:   {"package p; var _ = (\n", ")\n"},
	formType:         {"package p; type _ struct { _ \n", "\n}\n"},
	formDeclarations: {"package p;\n", "\n"},
}

// snippet is a filled-in template.
type snippet struct {
	code    string
	lines   []int // of the aspect file, for each line of the code
	renames map[int]rename
	file    string

	bodyLess bool // a function declaration without body is in it
}

type rename struct {
	length int
	name   string
}

func (s *snippet) aspectLine(line int) int {
	if len(s.lines) == 0 {
		return 0
	}
	return s.lines[max(0, min(line, len(s.lines)))-b2i(line > 0)]
}

// check parses the snippet as what it must be and finds the aliases it uses.
func (s *snippet) check(form string, aliases map[string]string, use func(importPath string) string) error {
	wrapping := wrappings[form]
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", wrapping[0]+s.code+wrapping[1], parser.ParseComments)
	if err != nil {
		line, message := 1, err.Error()
		if list, ok := err.(scanner.ErrorList); ok && len(list) > 0 {
			line, message = list[0].Pos.Line-1, list[0].Msg
		}
		return &snippetError{s.aspectLine(line), fmt.Sprintf("the template does not give %s: %s", form, message)}
	}
	s.renames = map[int]rename{}
	unresolved := map[*ast.Ident]bool{}
	for _, name := range file.Unresolved {
		unresolved[name] = true
	}
	ast.Inspect(file, func(node ast.Node) bool {
		if function, ok := node.(*ast.FuncDecl); ok && function.Body == nil {
			s.bodyLess = true
		}
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		name, ok := selector.X.(*ast.Ident)
		if !ok || !unresolved[name] {
			return true
		}
		importPath, there := aliases[name.Name]
		if !there && name.Name == "unsafe" {
			importPath, there = "unsafe", true // templates need not say so
		}
		if there {
			offset := fset.Position(name.Pos()).Offset - len(wrapping[0])
			s.renames[offset] = rename{len(name.Name), use(importPath)}
		}
		return true
	})
	return nil
}

type snippetError struct {
	line    int
	message string
}

func (e *snippetError) Error() string { return e.message }

// flat gives the snippet on one line, as pieces: Go tokens, and ranges of the file.
func (s *snippet) flat(form string, fragments []fragment) []piece {
	var words strings.Builder
	var pieces []piece
	line, separator := 0, ""
	flush := func() {
		if words.Len() > 0 {
			pieces = append(pieces, piece{text: words.String(), aspectFile: s.file, aspectLine: line})
			words.Reset()
		}
	}
	file := token.NewFileSet().AddFile("", -1, len(s.code))
	var scan scanner.Scanner
	scan.Init(file, []byte(s.code), nil, 0)
	for {
		pos, tok, literal := scan.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.SEMICOLON { // kept between tokens, so that none ends an expression
			separator = ";"
			continue
		}
		words.WriteString(separator)
		separator = ""
		if at := s.aspectLine(file.Line(pos)); at != line {
			flush()
			line = at
		}
		if index, ok := fragmentIndex(literal); ok && tok == token.IDENT && index < len(fragments) {
			flush()
			pieces = append(pieces, fragments[index].pieces()...)
			continue
		}
		words.WriteString(s.word(file.Offset(pos), tok, literal))
	}
	if form == formStatements {
		words.WriteString(";")
	}
	flush()
	return pieces
}

func (s *snippet) word(offset int, tok token.Token, literal string) string {
	if renamed, ok := s.renames[offset]; ok {
		return " " + renamed.name
	}
	switch {
	case tok == token.SEMICOLON:
		return ";"
	case tok == token.STRING && strings.Contains(literal, "\n"):
		if value, err := strconv.Unquote(literal); err == nil {
			return " " + strconv.Quote(value)
		}
		return " " + literal
	case literal != "" && (tok.IsLiteral() || tok.IsKeyword()):
		return " " + literal
	case tok == token.PERIOD, tok == token.COMMA, tok == token.LPAREN, tok == token.RPAREN:
		return tok.String()
	}
	return " " + tok.String()
}

// unfolded gives declarations as they were written, aliases renamed, fragments filled in.
func (s *snippet) unfolded(fragments []fragment, file *source) string {
	var out strings.Builder
	at := 0
	for at < len(s.code) {
		if renamed, ok := s.renames[at]; ok {
			out.WriteString(renamed.name)
			at += renamed.length
			continue
		}
		if index, length, ok := fragmentAt(s.code[at:]); ok && index < len(fragments) {
			out.WriteString(fragments[index].plain(file))
			at += length
			continue
		}
		out.WriteByte(s.code[at])
		at++
	}
	return out.String()
}
