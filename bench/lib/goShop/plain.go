// SPDX-License-Identifier: Apache-2.0

//go:build !byhand

package main

import (
	"database/sql"
	"net/http"

	"google.golang.org/grpc"
)

func setUp() (end func()) { return func() {} }

func handler(h http.Handler) http.Handler             { return h }
func transport(t http.RoundTripper) http.RoundTripper { return t }
func serverOptions() []grpc.ServerOption              { return nil }
func dialOptions() []grpc.DialOption                  { return nil }
func open(driver, source string) (*sql.DB, error)     { return sql.Open(driver, source) }
