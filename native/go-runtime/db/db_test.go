// SPDX-License-Identifier: Apache-2.0

package db

import (
	"strings"
	"testing"
)

func TestStatementsSayWhatTheyDoAndToWhat(t *testing.T) {
	for text, want := range map[string]Query{
		"SELECT name FROM items WHERE id = ?":         {"SELECT", "items", "SELECT items"},
		"select * from \"Order Lines\" o":             {"SELECT", "Order Lines", "SELECT Order Lines"},
		"SELECT a.x FROM a JOIN b ON a.id = b.id":     {"SELECT", "", "SELECT a b"},
		"SELECT x FROM a, b WHERE 1=1":                {"SELECT", "", "SELECT a b"},
		"INSERT INTO items (name) VALUES (?)":         {"INSERT", "items", "INSERT items"},
		"INSERT INTO a SELECT * FROM b":               {"INSERT", "", "INSERT a SELECT b"},
		"UPDATE public.items SET name = 'FROM x'":     {"UPDATE", "public.items", "UPDATE public.items"},
		"/* hint */ DELETE FROM items -- FROM y":      {"DELETE", "items", "DELETE items"},
		"CREATE TABLE IF NOT EXISTS t (id int)":       {"CREATE", "t", "CREATE TABLE t"},
		"WITH x AS (SELECT 1 FROM y) SELECT * FROM x": {"SELECT", "x", "SELECT x"},
		"SELECT * FROM (SELECT id FROM t) s":          {"SELECT", "t", "SELECT SELECT t"},
		"BEGIN":                                       {"BEGIN", "", "BEGIN"},
		"":                                            {},
		"?? !!":                                       {},
		"'x'":                                         {},
		"SELECT":                                      {"SELECT", "", "SELECT"},
	} {
		if got := Parse(text); got != want {
			t.Errorf("%s\n got %+v\nwant %+v", text, got, want)
		}
	}
}

func FuzzParseEndsAndStaysShort(f *testing.F) {
	for _, seed := range []string{"SELECT 'x", "select \"", "WITH (((", "/*", "--", "a.", "SELECT x FROM " + strings.Repeat("t,", 500)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if q := Parse(text); len(q.Summary) > maxSummaryBytes+len("WITH TABLE SELECT")+len(q.Operation) {
			t.Errorf("a summary of %d bytes", len(q.Summary))
		}
	})
}

func TestSourcesAreReadAndPasswordsAreNot(t *testing.T) {
	for _, one := range []struct {
		system, dsn string
		want        Source
	}{
		{"postgresql", "postgres://u:secret@db:5433/shop?sslmode=off", Source{"postgresql", "shop", "db", 5433}},
		{"postgresql", "host=db port=5432 user=u password=secret dbname=shop", Source{"postgresql", "shop", "db", 5432}},
		{"mysql", "u:secret@tcp(db:3306)/shop?parseTime=true", Source{"mysql", "shop", "db", 3306}},
		{"mysql", "u:p@ss@tcp(db:3306)/shop", Source{"mysql", "shop", "db", 3306}},
		{"mysql", "u@unix(/run/mysqld.sock)/shop", Source{"mysql", "shop", "/run/mysqld.sock", 0}},
		{"microsoft.sql_server", "server=db;database=shop;password=secret", Source{"microsoft.sql_server", "shop", "db", 0}},
		{"sqlite", "/var/lib/secret.db", Source{System: "sqlite"}},
		{"other_sql", "x", Source{System: "other_sql"}},
	} {
		if got := ParseSource(one.system, one.dsn); got != one.want {
			t.Errorf("%s: %+v", one.dsn, got)
		}
	}
}

func TestDriversHaveTheirSystem(t *testing.T) {
	for driver, want := range map[string]string{
		"github.com/lib/pq.Driver": "postgresql", "github.com/go-sql-driver/mysql.MySQLDriver": "mysql",
		"modernc.org/sqlite.Driver": "sqlite", "example.com/fakedb.Driver": "other_sql",
	} {
		if got := System(driver); got != want {
			t.Errorf("%s: %s", driver, got)
		}
	}
}
