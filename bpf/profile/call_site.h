// SPDX-License-Identifier: GPL-2.0-only
// Whether the instruction before an address is a call: return addresses that were only guessed at
// have to pass this.
#pragma once
#include "maps.h"

#if defined(TARGET_X86_64)

/** FF with /2 in the ModRM byte is an indirect call; `at` counts from the lowest byte. */
INLINE int is_indirect_call(u64 code, u32 at) {
  return (u8)(code >> at * 8) == 0xff && ((u8)(code >> (at + 1) * 8) & 0x38) == 0x10;
}

INLINE int follows_call(u64 address) {
  u64 code;
  if (read_user(&code, sizeof(code), (void *)(address - 8)) != 0) return 0;
  if ((u8)(code >> 3 * 8) == 0xe8) return 1;  // 5 bytes, relative
  // ModRM alone, with a byte or SIB, with both, with 4 bytes, with SIB and 4 bytes.
  return is_indirect_call(code, 6) || is_indirect_call(code, 5) || is_indirect_call(code, 4) ||
         is_indirect_call(code, 2) || is_indirect_call(code, 1);
}

#else

INLINE int follows_call(u64 address) {
  u32 code;
  if (read_user(&code, sizeof(code), (void *)(address - 4)) != 0) return 0;
  if ((code & 0xfc000000) == 0x94000000) return 1;  // BL
  if ((code & 0xfffffc1f) == 0xd63f0000) return 1;  // BLR
  return (code & 0xfefff800) == 0xd63f0800;         // BLRAA and its like
}

#endif
