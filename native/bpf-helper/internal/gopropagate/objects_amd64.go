// SPDX-License-Identifier: Apache-2.0

package gopropagate

import _ "embed" // for the object

//go:embed zig-out/propagate_amd64.o
var object []byte
