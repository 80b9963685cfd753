// SPDX-License-Identifier: Apache-2.0

// Package sql fills the hooks that woven database/sql calls: a client span for each statement that
// the program runs, whatever the pool does to run it.
package sql

import (
	"context"
	"database/sql/driver"
	"errors"
	"reflect"
	"strings"
	"sync"
	_ "unsafe" // for linkname

	"otelkit.dev/go/db"
	"otelkit.dev/go/trace"
)

// hooks is database/sql.otelkitHooks of aspects/sql.yml: the two declarations must agree.
//
//go:linkname hooks database/sql.otelkitHooks
var hooks struct {
	open  func(driverName, dataSourceName string, d driver.Driver) any
	start func(ctx context.Context, source any, d driver.Driver, query string) (context.Context, any)
	end   func(state any, err error)
}

var scope = trace.NewScope("otelkit.dev/go/std/sql", "")

func init() {
	hooks.open, hooks.start, hooks.end = open, start, end
	trace.DatabaseScope = scope
}

// instrumented stands for databases whose driver otelsql wraps: the statements have their spans.
var instrumented = &db.Source{}

// byType keeps the source of databases that were opened by a connector, without a name.
var byType sync.Map

func open(driverName, dataSourceName string, d driver.Driver) any {
	path := driverPath(d)
	if isInstrumented(path) {
		return instrumented
	}
	system := db.System(path)
	if system == "other_sql" {
		system = db.System(driverName)
	}
	source := db.ParseSource(system, dataSourceName)
	return &source
}

func isInstrumented(path string) bool { return strings.Contains(path, "otelsql") }

func driverPath(d driver.Driver) string {
	t := reflect.TypeOf(d)
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil {
		return ""
	}
	return t.PkgPath() + "." + t.Name()
}

func start(ctx context.Context, known any, d driver.Driver, query string) (context.Context, any) {
	if trace.InDatabase(ctx) {
		return ctx, nil // one call of this package inside another
	}
	source, ok := known.(*db.Source)
	if !ok {
		source = sourceOf(d)
	}
	if source == instrumented {
		return ctx, nil
	}
	ctx, s := trace.Start(ctx, scope, trace.Client, "query")
	if s == nil {
		return ctx, nil
	}
	db.Describe(s, source, query)
	return ctx, s
}

func sourceOf(d driver.Driver) *db.Source {
	t := reflect.TypeOf(d)
	if v, ok := byType.Load(t); ok {
		return v.(*db.Source)
	}
	path := driverPath(d)
	source := &db.Source{System: db.System(path)}
	if isInstrumented(path) {
		source = instrumented
	}
	byType.Store(t, source)
	return source
}

func end(state any, err error) {
	s, ok := state.(*trace.Span)
	if !ok {
		return
	}
	if err != nil && !errors.Is(err, driver.ErrSkip) {
		s.Fail(err)
	}
	s.End()
}
