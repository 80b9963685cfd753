// SPDX-License-Identifier: Apache-2.0

package db

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	"otelkit.dev/go/trace"
)

// Source is where a database is: db.system.name, db.namespace, server.address and server.port.
// Credentials are never kept.
type Source struct {
	System, Namespace, Address string
	Port                       int
}

// systems by a part of the driver's package path; the first that fits.
var systems = []struct{ part, name string }{
	{"lib/pq", "postgresql"}, {"jackc/pgx", "postgresql"}, {"postgres", "postgresql"},
	{"go-sql-driver/mysql", "mysql"}, {"mariadb", "mariadb"}, {"mysql", "mysql"},
	{"sqlite", "sqlite"}, {"mssqldb", "microsoft.sql_server"}, {"sqlserver", "microsoft.sql_server"},
	{"godror", "oracle.db"}, {"go-ora", "oracle.db"}, {"oracle", "oracle.db"},
	{"clickhouse", "clickhouse"}, {"cockroach", "cockroachdb"}, {"snowflake", "snowflake"},
	{"spanner", "gcp.spanner"}, {"bigquery", "gcp.bigquery"}, {"duckdb", "duckdb"},
	{"trino", "trino"}, {"databricks", "databricks"}, {"vertica", "vertica"}, {"hdb", "sap.hana"},
	{"firebird", "firebirdsql"}, {"athena", "aws.athena"},
}

// System returns db.system.name for a driver's package path or registered name; other_sql is the
// conventions' word for one that has none.
func System(driver string) string {
	driver = strings.ToLower(driver)
	for _, s := range systems {
		if strings.Contains(driver, s.part) {
			return s.name
		}
	}
	return "other_sql"
}

// ParseSource reads what a data source name says, by the forms that drivers take: a URL,
// `user:password@tcp(host:port)/name`, or `key=value …`.
func ParseSource(system, dsn string) Source {
	s := Source{System: system}
	if strings.Contains(dsn, "://") {
		if u, err := url.Parse(dsn); err == nil {
			s.Address = u.Hostname()
			s.Port, _ = strconv.Atoi(u.Port())
			s.Namespace = strings.TrimPrefix(u.Path, "/")
			if name := u.Query().Get("database"); name != "" {
				s.Namespace = name
			}
		}
		return s
	}
	if system == "sqlite" || system == "duckdb" {
		return s // a file of this machine
	}
	if open := strings.LastIndex(dsn, "@"); open >= 0 || strings.Contains(dsn, "(") {
		s.fromMySQL(dsn[open+1:])
		return s
	}
	for _, pair := range strings.FieldsFunc(dsn, func(r rune) bool { return r == ' ' || r == ';' }) {
		key, value, _ := strings.Cut(pair, "=")
		value = strings.Trim(value, "'\"")
		switch strings.ToLower(key) {
		case "host", "server", "hostaddr":
			s.Address = value
		case "port":
			s.Port, _ = strconv.Atoi(value)
		case "dbname", "database":
			s.Namespace = value
		}
	}
	return s
}

// fromMySQL reads `protocol(address)/name?…`.
func (s *Source) fromMySQL(rest string) {
	rest, _, _ = strings.Cut(rest, "?")
	if slash := strings.LastIndex(rest, "/"); slash >= 0 {
		s.Namespace, rest = rest[slash+1:], rest[:slash]
	}
	if open := strings.IndexByte(rest, '('); open >= 0 && strings.HasSuffix(rest, ")") {
		rest = rest[open+1 : len(rest)-1]
	}
	host, port, err := net.SplitHostPort(rest)
	if err != nil {
		s.Address = rest
		return
	}
	s.Address = host
	s.Port, _ = strconv.Atoi(port)
}

// Describe writes the attributes of a statement and its source, and the name of the span.
func Describe(s *trace.Span, from *Source, text string) {
	if !s.IsRecording() && !trace.Measuring() {
		return
	}
	q := statementOf(from.System, text)
	if series := s.Measure(trace.DatabaseClient); series != nil {
		series.Text = [6]string{from.System, from.Namespace, q.Operation, q.Collection, "", from.Address}
		series.Number[1] = from.Port
	}
	s.Str("db.system.name", from.System)
	s.Str("db.namespace", from.Namespace)
	s.Str("db.operation.name", q.Operation)
	s.Str("db.collection.name", q.Collection)
	s.Str("db.query.summary", q.Summary)
	s.Str("db.query.text", q.text)
	s.Str("server.address", from.Address)
	if from.Port > 0 {
		s.Int("server.port", from.Port)
	}
	switch {
	case q.Summary != "":
		s.SetName(q.Summary)
	case q.Operation != "":
		s.SetName(q.Operation)
	default:
		s.SetName(from.System)
	}
}
