// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"time"
)

func init() { sql.Register("memory", memory{}) }

// memory is a database/sql driver with the table of the shop in it: the example needs no server.
type memory struct{}

func (memory) Open(string) (driver.Conn, error) { return connection{}, nil }

type connection struct{}

func (connection) Prepare(string) (driver.Stmt, error) { return nil, errors.New("not prepared") }
func (connection) Begin() (driver.Tx, error)           { return nil, errors.New("no transactions") }
func (connection) Close() error                        { return nil }

var counts = map[driver.Value]int64{"tea": 12, "bread": 3, "apples": 40}

func (connection) QueryContext(
	_ context.Context, _ string, args []driver.NamedValue,
) (driver.Rows, error) {
	time.Sleep(2 * time.Millisecond)
	count, isThere := counts[args[0].Value]
	return &rows{count, isThere}, nil
}

type rows struct {
	count  int64
	isLeft bool
}

func (*rows) Columns() []string { return []string{"count"} }
func (*rows) Close() error      { return nil }

func (r *rows) Next(values []driver.Value) error {
	if !r.isLeft {
		return io.EOF
	}
	r.isLeft = false
	values[0] = r.count
	return nil
}
