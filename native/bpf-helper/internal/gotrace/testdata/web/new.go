// SPDX-License-Identifier: Apache-2.0

//go:build go1.22

package main

import "context"

const plain = "GET /plain/{id}"

func detach(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }
