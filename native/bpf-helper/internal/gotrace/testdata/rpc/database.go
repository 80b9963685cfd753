// SPDX-License-Identifier: Apache-2.0

package main

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
)

// The driver has nothing behind it: what contains "fail" fails.
type fake struct{}

func init() { sql.Register("fake", fake{}) }

func (fake) Open(string) (driver.Conn, error)         { return fake{}, nil }
func (fake) Prepare(text string) (driver.Stmt, error) { return statement{text}, nil }
func (fake) Close() error                             { return nil }
func (fake) Begin() (driver.Tx, error)                { return fake{}, nil }
func (fake) Commit() error                            { return nil }
func (fake) Rollback() error                          { return nil }
func (fake) Query(q string, _ []driver.Value) (driver.Rows, error) {
	return statement{q}.Query(nil)
}
func (fake) Exec(q string, _ []driver.Value) (driver.Result, error) {
	return statement{q}.Exec(nil)
}

type statement struct{ text string }

func (statement) Close() error  { return nil }
func (statement) NumInput() int { return -1 }
func (s statement) Exec([]driver.Value) (driver.Result, error) {
	if strings.Contains(s.text, "panic") {
		panic("on purpose")
	}
	if strings.Contains(s.text, "fail") {
		return nil, errors.New("failed on purpose")
	}
	return driver.RowsAffected(1), nil
}
func (s statement) Query([]driver.Value) (driver.Rows, error) {
	if strings.Contains(s.text, "panic") {
		panic("on purpose")
	}
	if strings.Contains(s.text, "fail") {
		return nil, errors.New("failed on purpose")
	}
	return noRows{}, nil
}

type noRows struct{}

func (noRows) Columns() []string         { return []string{"a"} }
func (noRows) Close() error              { return nil }
func (noRows) Next([]driver.Value) error { return io.EOF }
