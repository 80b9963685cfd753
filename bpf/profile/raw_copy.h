// SPDX-License-Identifier: GPL-2.0-only
// Registers and the top of the stack, for user space to unwind: of processes and files that are not
// known yet.
#pragma once
#include "record.h"
#include "stack_window.h"

// So many copies a period for each CPU, and none while the ring is half full: a flood of them must
// not push out the samples.
#define RAW_COPY_PERIOD_NS (256ull * 1000 * 1000)
#define RAW_COPIES_A_PERIOD 128
#define MAX_RAW_COPY_PAGES 4

_Static_assert((MAX_KERNEL_FRAMES & (MAX_KERNEL_FRAMES + 1)) == 0, "used as a mask");
_Static_assert(MAX_KERNEL_FRAMES * 8 + REGISTERS * 8 + MAX_RAW_COPY_BYTES <= MAX_FRAMES * 8,
               "a raw copy fits behind the kernel frames");

/** Whether another copy may be sent now; counts it where not. */
INLINE int take_raw_copy_turn(struct scratch *s) {
  u64 now = s->header.time_ns;
  if (now - s->raw_copies_since_ns >= RAW_COPY_PERIOD_NS) {
    s->raw_copies_since_ns = now;
    s->raw_copies = 0;
  }
  if (s->raw_copies < RAW_COPIES_A_PERIOD &&
      ring_query(&events, RING_AVAILABLE_DATA) < ring_query(&events, RING_SIZE) / 2) {
    s->raw_copies++;
    return 1;
  }
  count(COUNT_RAW_COPIES_LIMITED);
  return 0;
}

/** Copies the stack from its pointer on behind `at`. Returns how many bytes could be read. */
INLINE u32 copy_stack(u8 *buffer, u32 at, u64 from, u32 wanted) {
  u32 copied = 0;
  for (int i = 0; i < MAX_RAW_COPY_PAGES && copied < wanted; i++) {
    u32 bytes = USER_PAGE_BYTES - (from & (USER_PAGE_BYTES - 1));
    if (bytes > wanted - copied) bytes = wanted - copied;
    u32 to = at + copied;
    OPAQUE(bytes);
    OPAQUE(to);
    if (bytes > USER_PAGE_BYTES || to > (MAX_FRAMES * 8 - USER_PAGE_BYTES)) break;
    if (read_user(buffer + to, bytes, (void *)from) != 0) break;
    copied += bytes;
    from += bytes;
  }
  return copied;
}

/** Makes the record a raw copy and sends it. Returns 0 where it may not or cannot. */
INLINE int send_raw_copy(struct scratch *s, struct config *c) {
  if (!(c->flags & CONFIG_RAW_COPIES) || s->registers_replaced || !take_raw_copy_turn(s)) return 0;
  u32 kernel_frames = s->header.kernel_frames;
  OPAQUE(kernel_frames);
  kernel_frames &= MAX_KERNEL_FRAMES;
  u32 wanted = c->raw_copy_bytes & ~7u;
  if (wanted > MAX_RAW_COPY_BYTES) wanted = MAX_RAW_COPY_BYTES;
#pragma unroll
  for (int i = 0; i < REGISTERS; i++) s->frames[kernel_frames + i] = s->registers[i];
  u32 at = (kernel_frames + REGISTERS) * 8;
  u32 copied = copy_stack((u8 *)s->frames, at, s->registers[REG_SP], wanted) & ~7u;
  u32 bytes = sizeof(struct record_header) + at + copied;
  s->header.value = s->header.kind;
  s->header.kind = RECORD_RAW_COPY;
  s->header.end = COUNT_RAW_COPIES;
  s->header.user_frames = 0;
  s->header.stack_bytes = copied;
  struct counters *counts = get_counters();
  if (!counts) return 0;
  send_record(s, bytes, counts);
  add(counts, COUNT_RAW_COPIES, 1);
  return 1;
}
