// SPDX-License-Identifier: Apache-2.0

// pgx 4 and 5, their database/sql drivers and lib/pq against a real server (POSTGRES, a URL).
package main

import (
	"context"
	"database/sql"
	"os"

	old "github.com/jackc/pgx/v4"
	_ "github.com/jackc/pgx/v4/stdlib"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq"
	"otelkit.example/programs/internal/call"
)

func main() {
	url := call.Environment("POSTGRES")
	five(url)
	four(url)
	throughSQL("postgres", url)
	throughSQL("pgx", url)
	throughConnector(url)
	os.Exit(0)
}

func five(url string) {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, url)
	call.Must(err)
	_, err = pool.Exec(ctx, "CREATE TABLE IF NOT EXISTS five (id int, name text)")
	call.Must(err)
	_, err = pool.Exec(ctx, "INSERT INTO five VALUES ($1, $2)", 1, "x")
	call.Must(err)
	var name string
	call.Must(pool.QueryRow(ctx, "SELECT name FROM five WHERE id = $1", 1).Scan(&name))
	pool.Exec(ctx, "SELECT nothing FROM nowhere")
	batch := &pgx.Batch{}
	batch.Queue("SELECT 1")
	batch.Queue("SELECT 2")
	call.Must(pool.SendBatch(ctx, batch).Close())
	_, err = pool.CopyFrom(ctx, pgx.Identifier{"five"}, []string{"id", "name"}, pgx.CopyFromRows([][]any{{2, "y"}}))
	call.Must(err)
}

func four(url string) {
	ctx := context.Background()
	c, err := old.Connect(ctx, url)
	call.Must(err)
	_, err = c.Exec(ctx, "CREATE TABLE IF NOT EXISTS four (id int)")
	call.Must(err)
	var n int
	call.Must(c.QueryRow(ctx, "SELECT count(*) FROM four").Scan(&n))
}

func throughSQL(driver, url string) {
	db, err := sql.Open(driver, url)
	call.Must(err)
	statements(db, driver)
}

func throughConnector(url string) {
	config, err := pgx.ParseConfig(url)
	call.Must(err)
	statements(stdlib.OpenDB(*config), "connector")
}

func statements(db *sql.DB, driver string) {
	ctx := context.Background()
	table := "t_" + driver
	_, err := db.Exec("CREATE TABLE IF NOT EXISTS " + table + " (id int)")
	call.Must(err)
	tx, err := db.BeginTx(ctx, nil)
	call.Must(err)
	_, err = tx.ExecContext(ctx, "INSERT INTO "+table+" VALUES ($1)", 1)
	call.Must(err)
	call.Must(tx.Commit())
	prepared, err := db.PrepareContext(ctx, "SELECT id FROM "+table+" WHERE id = $1")
	call.Must(err)
	var id int
	call.Must(prepared.QueryRowContext(ctx, 1).Scan(&id))
	db.ExecContext(ctx, "UPDATE missing_"+table+" SET id = 1")
}
