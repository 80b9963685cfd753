// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
)

// The driver has nothing behind it: every query has one row.
type fake struct{}

func init() { sql.Register("fake", fake{}) }

func (fake) Open(string) (driver.Conn, error)    { return fake{}, nil }
func (fake) Prepare(string) (driver.Stmt, error) { return nil, errors.ErrUnsupported }
func (fake) Begin() (driver.Tx, error)           { return nil, errors.ErrUnsupported }
func (fake) Close() error                        { return nil }
func (fake) QueryContext(context.Context, string, []driver.NamedValue) (driver.Rows, error) {
	return &oneRow{}, nil
}

type oneRow struct{ done bool }

func (*oneRow) Columns() []string { return []string{"name"} }
func (*oneRow) Close() error      { return nil }
func (r *oneRow) Next(to []driver.Value) error {
	if r.done {
		return io.EOF
	}
	r.done, to[0] = true, "lamp"
	return nil
}
