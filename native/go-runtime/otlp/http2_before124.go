// SPDX-License-Identifier: Apache-2.0

//go:build !go1.24

package otlp

import "net/http"

func allowCleartextHTTP2(*http.Transport) bool { return false }
