// SPDX-License-Identifier: GPL-2.0-only
// The way to capture.h, of which nothing is left where no names are given.
#pragma once
#include "runtime.h"

/** Places in capture_programs; as in internal/gotrace/captures.go. */
enum capture_program { CAPTURE_ROUND_SERVER, CAPTURE_ROUND_H2, CAPTURE_ROUND_CLIENT, CAPTURE_PROGRAMS };

/** How many names there are. */
const volatile u32 captured = 0;

PLAIN_ARRAY(capture_programs, MAP_PROG_ARRAY, u32, CAPTURE_PROGRAMS);

/** Does not return where there are any. */
INLINE void capture_headers(struct user_registers *regs, enum capture_program which) {
  if (captured) tail_call(regs, &capture_programs, which);
}
