// SPDX-License-Identifier: Apache-2.0

//go:build go1.24

package otlp

import "net/http"

// allowCleartextHTTP2 lets the transport speak HTTP/2 without TLS (from Go 1.24 on).
func allowCleartextHTTP2(t *http.Transport) bool {
	t.Protocols = new(http.Protocols)
	t.Protocols.SetUnencryptedHTTP2(true)
	return true
}
