// SPDX-License-Identifier: Apache-2.0

package gotrace

import _ "embed" // for the object

//go:embed zig-out/go_arm64.o
var object []byte
