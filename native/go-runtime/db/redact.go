// SPDX-License-Identifier: Apache-2.0

package db

import (
	"os"
	"strings"
	"sync"
	"sync/atomic"
)

const (
	// Statements that are remembered; programs have few, those that paste values have endless ones.
	maxStatements = 1024
	// Longer ones are worked on each time.
	maxStatementBytes = 8 << 10
)

// form is how much of a statement is exported: OTEL_GO_AUTO_INCLUDE_DB_STATEMENT with the values that
// `otel-go attach` has. Who weaves a program chose what is in it, so all of it is the default.
var form = formOf(os.Getenv("OTEL_GO_AUTO_INCLUDE_DB_STATEMENT"))

type textForm int

const (
	whole textForm = iota
	redacted
	none
)

func formOf(value string) textForm {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "redacted":
		return redacted
	case "false", "0", "off":
		return none
	}
	return whole
}

// statement is what is said of one text, in one system.
type statement struct {
	Query
	text string
}

type statementKey struct{ system, text string }

var (
	known      sync.Map // statementKey → *statement
	knownCount atomic.Int32
)

func statementOf(system, text string) *statement {
	key := statementKey{system, text}
	if found, ok := known.Load(key); ok {
		return found.(*statement)
	}
	made := &statement{Query: Parse(text)}
	switch form {
	case redacted:
		made.text = Redact(system, text)
	case whole:
		made.text = text
	}
	if len(text) <= maxStatementBytes && knownCount.Load() < maxStatements {
		if _, had := known.LoadOrStore(key, made); !had {
			knownCount.Add(1)
		}
	}
	return made
}

// Redact replaces literals by `?` and leaves comments out. Where dialects differ and the system is
// not known, more is taken for a literal rather than less.
func Redact(system, text string) string {
	if strings.IndexAny(text, "'\"0123456789$-/#") < 0 {
		return text
	}
	r := redactor{dialect: dialectOf(system), text: text}
	r.out.Grow(len(text))
	for r.at < len(text) {
		r.step()
	}
	return r.out.String()
}

type dialect struct {
	quotesStrings bool // "…" is a string, not a name
	escapes       bool // \ escapes in '…'
	hashComments  bool
	// Nothing is known: a backslash in a string leaves open where it ends.
	isUnknown bool
}

func dialectOf(system string) dialect {
	switch system {
	case "mysql", "mariadb":
		return dialect{quotesStrings: true, escapes: true, hashComments: true}
	case "postgresql", "oracle.db", "microsoft.sql_server":
		return dialect{}
	}
	return dialect{quotesStrings: true, isUnknown: true}
}

type redactor struct {
	dialect dialect
	text    string
	at      int
	out     strings.Builder
}

func (r *redactor) step() {
	rest := r.text[r.at:]
	c := rest[0]
	switch {
	case strings.HasPrefix(rest, "--") || c == '#' && r.dialect.hashComments:
		r.skipTo("\n")
	case strings.HasPrefix(rest, "/*"):
		r.at += 2
		r.skipTo("*/")
		r.at = min(r.at+2, len(r.text))
	case c == '\'' || c == '"' && r.dialect.quotesStrings:
		r.literal(c, r.dialect.escapes)
	case c == '"' || c == '`':
		end := strings.IndexByte(rest[1:], c)
		if end < 0 {
			end = len(rest) - 2
		}
		r.copy(end + 2)
	case c == '$' && r.dollarTag() != "":
		tag := r.dollarTag()
		r.at += len(tag)
		r.skipTo(tag)
		r.at = min(r.at+len(tag), len(r.text))
		r.out.WriteByte('?')
	case c >= '0' && c <= '9' || c == '.' && len(rest) > 1 && isDigit(rest[1]):
		r.number()
	case isWordByte(c):
		r.word()
	default:
		r.copy(1)
	}
}

func (r *redactor) copy(n int) {
	r.out.WriteString(r.text[r.at : r.at+n])
	r.at += n
}

// skipTo moves to the next occurrence, or to the end.
func (r *redactor) skipTo(what string) {
	if i := strings.Index(r.text[r.at:], what); i >= 0 {
		r.at += i
		return
	}
	r.at = len(r.text)
}

// literal passes over a quoted string; a doubled quote is one of its characters.
func (r *redactor) literal(quote byte, escapes bool) {
	r.out.WriteByte('?')
	i := r.at + 1
	for ; i < len(r.text); i++ {
		c := r.text[i]
		if c == '\\' && r.dialect.isUnknown {
			i = len(r.text)
			break
		}
		if c == '\\' && escapes {
			i++
			continue
		}
		if c != quote {
			continue
		}
		if i+1 < len(r.text) && r.text[i+1] == quote {
			i++
			continue
		}
		break
	}
	r.at = min(i+1, len(r.text))
}

// dollarTag is `$$` or `$tag$` of PostgreSQL, "" for a parameter.
func (r *redactor) dollarTag() string {
	rest := r.text[r.at+1:]
	for i := 0; i < len(rest) && i <= 64; i++ {
		if rest[i] == '$' {
			return r.text[r.at : r.at+i+2]
		}
		if !isWordByte(rest[i]) || i == 0 && isDigit(rest[i]) {
			return ""
		}
	}
	return ""
}

func (r *redactor) number() {
	r.out.WriteByte('?')
	for r.at < len(r.text) {
		c := r.text[r.at]
		isSign := (c == '+' || c == '-') && (r.text[r.at-1] == 'e' || r.text[r.at-1] == 'E')
		if !isWordByte(c) && c != '.' && !isSign {
			return
		}
		r.at++
	}
}

// word copies a name or keyword; one that is the prefix of a string (N'…', x'…', E'…') goes with it.
func (r *redactor) word() {
	n := 0
	for r.at+n < len(r.text) && isWordByte(r.text[r.at+n]) {
		n++
	}
	isPrefix := n <= 2 && r.at+n < len(r.text) && r.text[r.at+n] == '\''
	if !isPrefix {
		r.copy(n)
		return
	}
	escapes := r.dialect.escapes || n == 1 && (r.text[r.at] == 'E' || r.text[r.at] == 'e')
	r.at += n
	r.literal('\'', escapes)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isWordByte takes every byte beyond ASCII for part of a word: names may have any letters.
func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '_' || c == '$' || c == '@' || c >= 0x80
}
