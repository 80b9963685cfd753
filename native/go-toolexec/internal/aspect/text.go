// SPDX-License-Identifier: Apache-2.0

package aspect

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
)

// Marks of template lines in what a template gives: mark, number, end. They never reach Go code.
const (
	LineMark = '\uE000'
	LineEnd  = '\uE001'
)

func isMark(r rune) bool { return r == LineMark || r == LineEnd }

// Functions that templates may call; the weaver puts its own `unique` in place.
var placeholders = template.FuncMap{
	"unique": func(name string) string { return name },
	"quote":  func(value any) string { return strconv.Quote(fmt.Sprint(value)) },
}

// Prepare parses the template; without it Execute does so.
func (t *Text) Prepare() error {
	if t.parsed != nil {
		return nil
	}
	if at := strings.IndexFunc(t.Source, isMark); at >= 0 {
		return fmt.Errorf("template: aspect:%d: U+E000 and U+E001 cannot be used", strings.Count(t.Source[:at], "\n")+1)
	}
	parsed, err := template.New("aspect").Option("missingkey=error").Funcs(placeholders).Parse(t.Source)
	if err != nil {
		return err
	}
	if parsed.Tree != nil {
		markLines(parsed.Tree.Root, t.Source, t.Line)
	}
	t.parsed = parsed
	return nil
}

// markLines writes the number of its line before each line of literal text.
func markLines(node parse.Node, source string, firstLine int) {
	switch node := node.(type) {
	case *parse.ListNode:
		if node == nil {
			return
		}
		for _, child := range node.Nodes {
			markLines(child, source, firstLine)
		}
	case *parse.TextNode:
		node.Text = marked(node.Text, firstLine+strings.Count(source[:node.Pos], "\n"))
	case *parse.IfNode:
		markLines(node.List, source, firstLine)
		markLines(node.ElseList, source, firstLine)
	case *parse.RangeNode:
		markLines(node.List, source, firstLine)
		markLines(node.ElseList, source, firstLine)
	case *parse.WithNode:
		markLines(node.List, source, firstLine)
		markLines(node.ElseList, source, firstLine)
	}
}

func marked(text []byte, line int) []byte {
	var out bytes.Buffer
	for i, part := range bytes.Split(text, []byte("\n")) {
		if i > 0 {
			out.WriteByte('\n')
		}
		fmt.Fprintf(&out, "%c%d%c", LineMark, line+i, LineEnd)
		out.Write(part)
	}
	return out.Bytes()
}

// Execute fills the template in. Lines gives, for each line of the result, its line in the file.
func (t *Text) Execute(data any, unique func(string) string) (result string, lines []int, err error) {
	if err := t.Prepare(); err != nil {
		return "", nil, err
	}
	filled, err := t.parsed.Clone()
	if err != nil {
		return "", nil, err
	}
	filled.Funcs(template.FuncMap{"unique": unique})
	var out strings.Builder
	if err := filled.Execute(&out, data); err != nil {
		return "", nil, err
	}
	if strings.Count(out.String(), string(LineMark)) != strings.Count(out.String(), string(LineEnd)) {
		return "", nil, errors.New("U+E000 and U+E001 cannot be used")
	}
	result, lines = readMarks(out.String(), t.Line)
	return result, lines, nil
}

func readMarks(text string, line int) (string, []int) {
	var out strings.Builder
	var lines []int
	fresh := true
	for len(text) > 0 {
		at := strings.IndexAny(text, "\n\uE000")
		if at < 0 {
			break
		}
		if text[at] == '\n' {
			if fresh || at > 0 || len(lines) == 0 {
				lines = append(lines, line)
			}
			out.WriteString(text[:at+1])
			text, fresh = text[at+1:], true
			continue
		}
		end := strings.IndexRune(text[at:], LineEnd)
		out.WriteString(text[:at])
		number, _ := strconv.Atoi(text[at+len("\uE000") : at+end])
		if fresh || at == 0 {
			line = number
		}
		text, fresh = text[at+end+len("\uE001"):], false
	}
	out.WriteString(text)
	return out.String(), append(lines, line)
}

var errorPlace = regexp.MustCompile(`^template: aspect:(\d+)(?::\d+)?: (?:executing "aspect" )?`)

// templateError takes text/template's own place out of its message.
func templateError(err error, firstLine int) (line int, message string) {
	found := errorPlace.FindStringSubmatch(err.Error())
	if found == nil {
		return firstLine, err.Error()
	}
	number, _ := strconv.Atoi(found[1])
	return firstLine + number - 1, strings.TrimPrefix(err.Error(), found[0])
}

// ErrorLine gives the line of the aspect file that an error of Execute is about.
func (t *Text) ErrorLine(err error) (line int, message string) { return templateError(err, t.Line) }
