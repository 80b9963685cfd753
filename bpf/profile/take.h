// SPDX-License-Identifier: GPL-2.0-only
// What the entries share: from registers to the record in the ring.
#pragma once
#include "raw_copy.h"
#include "unwind.h"

/** The user part, registers being in s->registers. Only returns where nothing is left to do. */
INLINE void take_user_stack(void *ctx, struct scratch *s, struct config *c, void *unwinders) {
  set_first_frame(s);
  int raw = !s->process_known || (s->process.flags & PROCESS_RAW_COPY);
  if (UNLIKELY(raw) && send_raw_copy(s, c)) return;
  tail_call(ctx, unwinders, NATIVE_UNWINDER);
  s->end = COUNT_TAIL_CALL_FAILED;
  finish_record(s);
}

/** Goes on natively with the stack in `s`, and sends the record where it ends. */
INLINE void take_native(void *ctx, struct scratch *s, struct rule_cache *cache, void *unwinders) {
  unwind(ctx, s, cache, unwinders);
  struct config *c = get_config();
  if (UNLIKELY(s->table_missing) && c && send_raw_copy(s, c)) return;
  finish_record(s);
}
