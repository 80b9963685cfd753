// SPDX-License-Identifier: Apache-2.0

package db

import (
	"strings"
	"testing"
)

func TestLiteralsDoNotLeaveTheProgram(t *testing.T) {
	for _, one := range []struct{ system, text, want string }{
		{"mysql", "SELECT name FROM items WHERE id = ?", "SELECT name FROM items WHERE id = ?"},
		{"postgresql", "SELECT * FROM t1 WHERE a = $1 AND b2 = 42", "SELECT * FROM t1 WHERE a = $1 AND b2 = ?"},
		{"postgresql", `SELECT "Col 1" FROM t WHERE a = 'x\' AND b = 'secret'`, `SELECT "Col 1" FROM t WHERE a = ? AND b = ?`},
		{"postgresql", `SELECT E'it\'s secret', $q$secret$q$, 'O''Hara'`, "SELECT ?, ?, ?"},
		{"mysql", `SELECT 'x\' secret', "secret" FROM t # secret`, "SELECT ?, ? FROM t "},
		{"other_sql", `SELECT 'a\' secret`, "SELECT ?"},
		{"other_sql", `SELECT "secret", N'secret' FROM t`, "SELECT ?, ? FROM t"},
		{"sqlite", "INSERT INTO t VALUES (-1.5e-7, 0xFF, .5)", "INSERT INTO t VALUES (-?, ?, ?)"},
		{"oracle.db", "SELECT /* secret */ 1 -- secret", "SELECT  ? "},
		{"postgresql", "SELECT 'secret", "SELECT ?"},
		{"postgresql", "SELECT $tag$secret", "SELECT ?"},
		{"postgresql", `SELECT "open`, `SELECT "open`},
		{"postgresql", "/* secret", ""},
		{"", "", ""},
	} {
		if got := Redact(one.system, one.text); got != one.want {
			t.Errorf("%s: %s\n got %s\nwant %s", one.system, one.text, got, one.want)
		}
	}
}

func TestHowMuchOfAStatementIsExported(t *testing.T) {
	for value, want := range map[string]textForm{"": whole, "true": whole, "FALSE": none, "Redacted": redacted, "x": whole} {
		if got := formOf(value); got != want {
			t.Errorf("%q: %d", value, got)
		}
	}
}

func TestStatementsAreRememberedWithinBounds(t *testing.T) {
	form = redacted
	defer func() { form = whole }()
	for i := 0; i < 3*maxStatements; i++ {
		text := "SELECT " + strings.Repeat("x", i%7) + strings.Repeat("y", i/7) + " FROM t WHERE a = 'secret'"
		if got := statementOf("mysql", text); strings.Contains(got.text, "secret") || got.Operation != "SELECT" {
			t.Fatalf("%+v", got)
		}
	}
	if n := knownCount.Load(); n > maxStatements+64 {
		t.Errorf("%d statements are kept", n)
	}
}

func FuzzRedactedTextHasNoStrings(f *testing.F) {
	for _, seed := range []string{"SELECT 'x", `"\`, "$a$", "1e", "E'", "/*", "--", "0x'", "$1$"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		// Names in quotes may hold anything.
		text = strings.NewReplacer("`", "", "\"", "").Replace(text)
		for _, system := range []string{"mysql", "postgresql", ""} {
			if got := Redact(system, text); strings.ContainsRune(got, '\'') || len(got) > len(text) {
				t.Errorf("%s: %q gives %q", system, text, got)
			}
		}
	})
}
