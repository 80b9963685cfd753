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
// So much of them in a period is as long as wanted: a stack of 60 KB costs a hundred times what a
// sample does.
#define RAW_BYTES_A_PERIOD 163840
#define SPENT_COPY_BYTES 8192
#define MAX_RAW_COPY_PAGES 16

_Static_assert((MAX_KERNEL_FRAMES & (MAX_KERNEL_FRAMES + 1)) == 0, "used as a mask");
_Static_assert(MAX_KERNEL_FRAMES * 8 + REGISTERS * 8 + MAX_RAW_COPY_BYTES + LINK_WORDS * 8 <=
                   RECORD_WORDS * 8,
               "a raw copy fits behind the kernel frames");

/** Whether another copy may be sent now; counts it where not. */
INLINE int take_raw_copy_turn(struct scratch *s) {
  u64 now = s->header.time_ns;
  if (now - s->raw_copies_since_ns >= RAW_COPY_PERIOD_NS) {
    s->raw_copies_since_ns = now;
    s->raw_copies = 0;
    s->raw_bytes = 0;
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
#define MAX_UNBOUNDED_COPY_BYTES 8192
// The same where the ring is fuller than an eighth, and of all stacks where it is than a quarter.
#define BUSY_UNBOUNDED_COPY_BYTES 4096
#define BUSY_COPY_BYTES 12288
// Behind where a main thread's stack began: what its first frames look at.
#define START_BYTES 64

/** In place of a page that is not there: no address, and not what another copy left. */
static const volatile u8 absent_page[USER_PAGE_BYTES] = {[0 ... USER_PAGE_BYTES - 1] = 0xff};

/** How much of the stack is wanted, and whether it is known where it ends. */
INLINE void set_copy_extent(struct scratch *s) {
  struct raw_copy *copy = &s->copy;
  struct task_struct *task = (struct task_struct *)current_task();
  struct mm_struct *mm = READ_FIELD(task, mm);
  u64 start = mm ? READ_FIELD(mm, start_stack) : 0;
  u64 distance = start - s->registers[REG_SP];
  u64 waiting = ring_query(&events, RING_AVAILABLE_DATA);
  u64 size = ring_query(&events, RING_SIZE);
  u64 most = waiting > size / 8 ? BUSY_UNBOUNDED_COPY_BYTES : MAX_UNBOUNDED_COPY_BYTES;
  u64 bytes = s->config.raw_copy_bytes;
  if (bytes > MAX_RAW_COPY_BYTES) bytes = MAX_RAW_COPY_BYTES;
  if (waiting > size / 4 && bytes > BUSY_COPY_BYTES) bytes = BUSY_COPY_BYTES;
  if (s->raw_bytes > RAW_BYTES_A_PERIOD && bytes > SPENT_COPY_BYTES) bytes = SPENT_COPY_BYTES;
  // 60 KB and more below its beginning it may as well be another thread's stack.
  copy->is_bounded = distance < MAX_RAW_COPY_BYTES;
  if (copy->is_bounded) most = distance + START_BYTES;
  copy->is_cut = !copy->is_bounded || most > bytes;
  copy->wanted = (most < bytes ? most : bytes) & ~7u;
  copy->done = 0;
}

/** The part of one page. Returns 0 where the stack ends. */
INLINE int copy_page(struct scratch *s, u32 at) {
  struct raw_copy *copy = &s->copy;
  u64 from = s->registers[REG_SP] + copy->done;
  u32 bytes = USER_PAGE_BYTES - (from & (USER_PAGE_BYTES - 1));
  u32 left = copy->wanted - copy->done;
  u32 to = at + copy->done;
  if (bytes > left) bytes = left;
  OPAQUE(bytes);
  OPAQUE(to);
  if (bytes == 0 || bytes > USER_PAGE_BYTES || to > (RECORD_WORDS * 8 - USER_PAGE_BYTES)) return 0;
  u8 *buffer = (u8 *)s->frames + to;
  if (read_user(buffer, bytes, (void *)from) != 0) {
    if (!copy->is_bounded) {
      copy->is_cut = 0;
      return 0;
    }
    read_kernel(buffer, bytes, (void *)absent_page);
  }
  copy->done += bytes;
  return 1;
}

/**
 * Copies the stack from its pointer on behind `at`, up to the first page that cannot be read; where
 * the stack's end is known such pages are holes that nobody wrote to yet. Returns how many bytes.
 * What changes is kept in memory, of which the verifier knows nothing, so that all rounds look alike.
 */
INLINE u32 copy_stack(struct scratch *s, u32 at) {
  set_copy_extent(s);
  for (int i = 0; i < MAX_RAW_COPY_PAGES; i++) {
    FORGET_REGISTERS();
    if (!copy_page(s, at)) break;
  }
  s->raw_bytes += s->copy.done;
  return s->copy.done & ~7u;
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
  u32 copied = copy_stack(s, at);
  u32 link = append_link(s, (at + copied) / 8);
  u32 bytes = sizeof(struct record_header) + at + copied + link * 8;
  s->header.value = s->header.kind;
  s->header.kind = RECORD_RAW_COPY;
  s->header.end = COUNT_RAW_COPIES;
  if (s->copy.is_cut) s->header.flags |= RECORD_CUT;
  s->header.user_frames = 0;
  s->header.stack_bytes = copied;
  send_record(s, bytes);
  count(s, COUNT_RAW_COPIES);
  return 1;
}
