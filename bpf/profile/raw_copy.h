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
#define MAX_RAW_COPY_PAGES 16

_Static_assert((MAX_KERNEL_FRAMES & (MAX_KERNEL_FRAMES + 1)) == 0, "used as a mask");
_Static_assert(MAX_KERNEL_FRAMES * 8 + REGISTERS * 8 + MAX_RAW_COPY_BYTES <= RECORD_WORDS * 8,
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
  count(s, COUNT_RAW_COPIES_LIMITED);
  return 0;
}

// Of stacks whose beginning is not known: what lies beyond may be anything.
#define MAX_UNBOUNDED_COPY_BYTES 16384
// Where the ring is fuller than an eighth.
#define MAX_BUSY_COPY_BYTES 8192
// Behind where a main thread's stack began: what its first frames look at.
#define START_BYTES 64

/** In place of a page that is not there: no address, and not what another copy left. */
static const volatile u8 absent_page[USER_PAGE_BYTES] = {[0 ... USER_PAGE_BYTES - 1] = 0xff};

/** How much of the stack is wanted, and whether it is known where it ends. */
struct copy_extent {
  u32 bytes;
  u8 is_cut, is_bounded;
};

INLINE struct copy_extent get_copy_extent(struct scratch *s) {
  struct copy_extent extent = {.bytes = s->config.raw_copy_bytes & ~7u, .is_cut = 1};
  struct task_struct *task = (struct task_struct *)current_task();
  struct mm_struct *mm = READ_FIELD(task, mm);
  u64 start = mm ? READ_FIELD(mm, start_stack) : 0;
  u64 sp = s->registers[REG_SP];
  if (extent.bytes > MAX_RAW_COPY_BYTES) extent.bytes = MAX_RAW_COPY_BYTES;
  u32 most = MAX_UNBOUNDED_COPY_BYTES;
  // 64 KB and more below its beginning it may as well be another thread's stack.
  if (start - sp < MAX_RAW_COPY_BYTES) {
    most = (start - sp + START_BYTES) & ~7u;
    extent.is_bounded = 1;
    extent.is_cut = 0;
  }
  if (ring_query(&events, RING_AVAILABLE_DATA) > ring_query(&events, RING_SIZE) / 8 &&
      most > MAX_BUSY_COPY_BYTES) {
    most = MAX_BUSY_COPY_BYTES;
    extent.is_cut = 1;
  }
  if (most <= extent.bytes)
    extent.bytes = most;
  else
    extent.is_cut = 1;
  return extent;
}

/**
 * Copies the stack from its pointer on behind `at`. Returns how many bytes, up to the first page that
 * cannot be read; where the stack's end is known such pages are holes that nobody wrote to yet.
 */
INLINE u32 copy_stack(struct scratch *s, u32 at, struct copy_extent *extent) {
  u64 from = s->registers[REG_SP];
  u8 *buffer = (u8 *)s->frames;
  u32 copied = 0;
  for (int i = 0; i < MAX_RAW_COPY_PAGES && copied < extent->bytes; i++) {
    u32 bytes = USER_PAGE_BYTES - (from & (USER_PAGE_BYTES - 1));
    if (bytes > extent->bytes - copied) bytes = extent->bytes - copied;
    u32 to = at + copied;
    OPAQUE(bytes);
    OPAQUE(to);
    if (bytes > USER_PAGE_BYTES || to > (RECORD_WORDS * 8 - USER_PAGE_BYTES)) break;
    if (read_user(buffer + to, bytes, (void *)from) != 0) {
      if (!extent->is_bounded) {
        extent->is_cut = 0;
        break;
      }
      read_kernel(buffer + to, bytes, (void *)absent_page);
    }
    copied += bytes;
    from += bytes;
  }
  return copied;
}

/** Makes the record a raw copy and sends it. Returns 0 where it may not or cannot. */
SUBPROGRAM int send_raw_copy(struct scratch *s) {
  if (!(s->config.flags & CONFIG_RAW_COPIES) || s->registers_replaced || !take_raw_copy_turn(s)) return 0;
  u32 kernel_frames = s->header.kernel_frames;
  OPAQUE(kernel_frames);
  kernel_frames &= MAX_KERNEL_FRAMES;
#pragma unroll
  for (int i = 0; i < REGISTERS; i++) s->frames[kernel_frames + i] = s->registers[i];
  u32 at = (kernel_frames + REGISTERS) * 8;
  struct copy_extent extent = get_copy_extent(s);
  u32 copied = copy_stack(s, at, &extent) & ~7u;
  u32 bytes = sizeof(struct record_header) + at + copied;
  s->header.value = s->header.kind;
  s->header.kind = RECORD_RAW_COPY;
  s->header.end = COUNT_RAW_COPIES;
  if (extent.is_cut) s->header.flags |= RECORD_CUT;
  s->header.user_frames = 0;
  s->header.stack_bytes = copied;
  send_record(s, bytes);
  count(s, COUNT_RAW_COPIES);
  return 1;
}
