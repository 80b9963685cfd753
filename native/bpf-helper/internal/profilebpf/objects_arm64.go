// SPDX-License-Identifier: Apache-2.0
package profilebpf

import _ "embed" // for the objects

//go:embed zig-out/profile_loop_arm64.o
var loopObject []byte

//go:embed zig-out/profile_calls_arm64.o
var callsObject []byte
