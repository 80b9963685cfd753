// SPDX-License-Identifier: Apache-2.0

//go:build go1.24

package main

import "net/http"

func cleartext(t *http.Transport) {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	t.Protocols = protocols
}
