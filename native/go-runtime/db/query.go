// SPDX-License-Identifier: Apache-2.0

// Package db has what database integrations share: what a query does and to which tables, and which
// system a driver or a data source name belongs to.
package db

import "strings"

const (
	// Tokens of a query that are looked at; what comes after does not change the summary.
	maxTokens = 400
	// "db.query.summary … SHOULD be limited to 255 characters" (database conventions).
	maxSummaryBytes = 255
	maxTargets      = 8
)

// Query is what a statement says about itself.
type Query struct {
	Operation  string // the first keyword, upper case
	Collection string // its table, when there is only one
	Summary    string // the operation and its targets, as the text has them
}

// Parse reads the beginning of a statement: no grammar, only keywords and what follows them. A
// statement that it does not understand has an Operation at the most.
func Parse(text string) (q Query) {
	var targets []string
	var summary strings.Builder
	t := tokens{text: text}
	word := t.next()
	if word == "" {
		return q
	}
	q.Operation = strings.ToUpper(word)
	if !isWord(q.Operation) {
		return Query{}
	}
	operation := q.Operation
	summary.WriteString(operation)
	if operation == "WITH" { // the statement proper comes after the common table expressions
		operation = t.skipCommon()
		q.Operation = operation
		summary.Reset()
		summary.WriteString(operation)
	}
	expect := expects(operation)
	for i := 0; i < maxTokens; i++ {
		word = t.next()
		if word == "" {
			break
		}
		upper := strings.ToUpper(word)
		switch {
		case expect && modifiers[upper]:
		case expect && word == "(":
			expect = false
		case expect && upper == "SELECT":
			expect = false
		case expect:
			name := t.qualified(word)
			targets = add(targets, name)
			if summary.Len()+1+len(name) <= maxSummaryBytes {
				summary.WriteString(" " + name)
			}
			expect = false
		case upper == "FROM" || upper == "JOIN" || upper == "INTO":
			expect = true
		case upper == "TABLE" && (operation == "CREATE" || operation == "DROP" || operation == "ALTER"):
			summary.WriteString(" TABLE")
			expect = true
		case upper == "SELECT" && i > 0:
			if summary.Len()+7 <= maxSummaryBytes {
				summary.WriteString(" SELECT")
			}
		case word == "," && len(targets) > 0 && t.afterFrom:
			expect = true
		}
		t.afterFrom = upper == "FROM" || t.afterFrom && !ends[upper]
	}
	if len(targets) == 1 {
		q.Collection = targets[0]
	}
	q.Summary = summary.String()
	return q
}

// expects says whether the table comes right after the operation.
func expects(operation string) bool {
	switch operation {
	case "UPDATE", "TRUNCATE", "COPY", "CALL", "EXEC", "EXECUTE", "MERGE", "REPLACE":
		return true
	}
	return false
}

var (
	// Words between an operation and its target.
	modifiers = words("TABLE INTO ONLY IF NOT EXISTS IGNORE LOW_PRIORITY LATERAL")
	// Words that end a FROM list.
	ends = words("WHERE GROUP ORDER HAVING LIMIT SET VALUES UNION RETURNING ON USING")
)

func words(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

func add(list []string, name string) []string {
	for _, have := range list {
		if have == name {
			return list
		}
	}
	if len(list) == maxTargets {
		return list
	}
	return append(list, name)
}

func isWord(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return len(s) > 0
}

type tokens struct {
	text      string
	at        int
	afterFrom bool
}

// next returns a word, a quoted name without its quotes, or one character; literals and comments
// are passed over. "" is the end.
func (t *tokens) next() string {
	for t.at < len(t.text) {
		rest := t.text[t.at:]
		c := rest[0]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';':
			t.at++
		case strings.HasPrefix(rest, "--"):
			t.skipTo("\n", 0)
		case strings.HasPrefix(rest, "/*"):
			t.skipTo("*/", 2)
		case c == '\'':
			t.skipTo("'", 1)
		case c == '"' || c == '`':
			return t.quoted(string(c))
		case c == '[':
			return t.quoted("]")
		case wordByte(c):
			n := 1
			for n < len(rest) && wordByte(rest[n]) {
				n++
			}
			t.at += n
			return rest[:n]
		default:
			t.at++
			return rest[:1]
		}
	}
	return ""
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || c == '#' || c == '@' || c >= '0' && c <= '9' ||
		c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func (t *tokens) skipTo(end string, from int) {
	i := strings.Index(t.text[t.at+from:], end)
	if i < 0 {
		t.at = len(t.text)
		return
	}
	t.at += from + i + len(end)
}

func (t *tokens) quoted(end string) string {
	start := t.at + 1
	i := strings.Index(t.text[start:], end)
	if i < 0 {
		t.at = len(t.text)
		return t.text[start:]
	}
	t.at = start + i + len(end)
	return t.text[start : start+i]
}

// qualified reads on through `schema.table`.
func (t *tokens) qualified(name string) string {
	for t.at < len(t.text) && t.text[t.at] == '.' {
		t.at++
		name += "." + t.next()
	}
	return name
}

// skipCommon passes the parenthesised expressions of WITH and returns the statement's operation.
func (t *tokens) skipCommon() string {
	depth := 0
	for i := 0; i < maxTokens; i++ {
		word := t.next()
		switch upper := strings.ToUpper(word); {
		case word == "":
			return "WITH"
		case word == "(":
			depth++
		case word == ")":
			depth--
		case depth == 0 && (upper == "SELECT" || upper == "INSERT" || upper == "UPDATE" || upper == "DELETE"):
			return upper
		}
	}
	return "WITH"
}
