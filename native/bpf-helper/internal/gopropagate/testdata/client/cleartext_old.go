// SPDX-License-Identifier: Apache-2.0

//go:build !go1.24

package main

import "net/http"

func cleartext(*http.Transport) { panic("this Go has no cleartext HTTP/2") }
