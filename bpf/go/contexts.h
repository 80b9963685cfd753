// SPDX-License-Identifier: GPL-2.0-only
// Which span a context.Context belongs to, by its address.
#pragma once
#include "runtime.h"

INLINE struct context_slot *slot_of_context(u64 context, u32 tgid) {
  u64 mixed = (context ^ (u64)tgid << 32) * 0x9e3779b97f4a7c15ull;
  u32 number = (u32)(mixed >> 40) & (CONTEXT_SLOTS - 1);
  return map_lookup(&context_slots, &number);
}

INLINE int is_in_slot(const struct context_slot *slot, u64 context, u32 tgid) {
  return slot->context == context && slot->tgid == tgid;
}

/** The span that is open under a context. */
INLINE struct open_span *span_of_context(u64 context, u32 tgid) {
  struct context_slot *slot = slot_of_context(context, tgid);
  if (!slot) return 0;
  if (is_in_slot(slot, context, tgid)) {
    struct span_key key = {slot->id, tgid, slot->kind};
    return map_lookup(&active, &key);
  }
  if (!slot->others) return 0;
  struct context_key at = {context, tgid, 0};
  struct span_key *known = map_lookup(&contexts, &at);
  return known ? map_lookup(&active, known) : 0;
}

/** Takes the slot for a context, also where the span of the one before has gone without a word. */
INLINE int claim_context(struct context_slot *slot, u64 context, u32 tgid) {
  u64 before = slot->context;
  if (is_in_slot(slot, context, tgid)) return 1;
  if (before) {
    struct span_key key = {slot->id, slot->tgid, slot->kind};
    if (map_lookup(&active, &key)) return 0;
  }
  if (__sync_val_compare_and_swap(&slot->context, before, context) != before) return 0;
  slot->tgid = tgid;
  return 1;
}

/** Registers a context.Context, so that what gets it, or one made of it, finds this span. */
SUBPROGRAM void add_context(struct site *s, u64 context, const struct span_key *key) {
  struct context_slot *slot = context ? slot_of_context(context, s->tgid) : 0;
  if (!slot) return;
  if (claim_context(slot, context, s->tgid)) {
    slot->id = key->id;
    slot->kind = key->kind;
    return;
  }
  struct context_key at = {context, s->tgid, 0};
  if (map_update(&contexts, &at, key, UPDATE_ANY))
    count(COUNT_TABLE_FULL);
  else
    __sync_fetch_and_add(&slot->others, 1);
}

/** A newer span may have been given the same memory. */
SUBPROGRAM void remove_context(const struct span_key *key, u64 context) {
  struct context_slot *slot = context ? slot_of_context(context, key->tgid) : 0;
  if (!slot) return;
  if (is_in_slot(slot, context, key->tgid) && slot->id == key->id && slot->kind == key->kind) {
    slot->context = 0;
    return;
  }
  if (!slot->others) return;
  struct context_key at = {context, key->tgid, 0};
  struct span_key *held = map_lookup(&contexts, &at);
  if (!held || held->id != key->id || held->kind != key->kind) return;
  if (!map_delete(&contexts, &at)) __sync_fetch_and_add(&slot->others, -1);
}
