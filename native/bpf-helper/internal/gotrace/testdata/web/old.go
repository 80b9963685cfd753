// SPDX-License-Identifier: Apache-2.0

//go:build !go1.22

package main

import "context"

const plain = "/plain/"

func detach(ctx context.Context) context.Context { return ctx }
