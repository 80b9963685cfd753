// SPDX-License-Identifier: GPL-2.0-only
// The rules that were found last, for each CPU.
#pragma once
#include "rules.h"

#define RULE_CACHE_MASK (RULE_CACHE_ENTRIES - 1)

INLINE struct cached_rule *rule_at(struct rule_cache *cache, u32 at) {
  OPAQUE(at);
  return &cache->entries[at & RULE_CACHE_MASK];
}

INLINE u16 *rule_index(struct scratch *s, struct rule_cache *cache, u64 pc) {
  u64 hash = (pc ^ ((u64)s->process.generation << 32)) * 0x9e3779b97f4a7c15ull;
  u32 at = hash >> (64 - RULE_CACHE_INDEX_BITS);
  OPAQUE(at);
  return &cache->index[at & ((1u << RULE_CACHE_INDEX_BITS) - 1)];
}

INLINE int is_rule_for(struct scratch *s, struct cached_rule *rule, u64 pc) {
  return rule->pc == pc && rule->generation == s->process.generation;
}

/**
 * The cached rule for an address: the one that came here the last time, otherwise by the index.
 * Returns 0 where there is none.
 */
INLINE struct cached_rule *find_cached_rule(struct scratch *s, struct rule_cache *cache, u64 pc) {
  u32 at = s->next_rule;
  struct cached_rule *rule = rule_at(cache, at);
  if (UNLIKELY(!is_rule_for(s, rule, pc))) {
    at = *rule_index(s, cache, pc);
    rule = rule_at(cache, at);
    if (!is_rule_for(s, rule, pc)) return 0;
    rule_at(cache, s->last_rule)->next = at;
  }
  s->last_rule = at;
  s->next_rule = rule->next;
  return rule;
}

/** Puts a rule behind the one that was put last. */
INLINE void keep_rule(struct scratch *s, struct rule_cache *cache, u64 pc, struct rule *rule) {
  u32 at = (cache->used + 1) & RULE_CACHE_MASK;
  // Entry 0 is where every stack comes from, so it has no rule.
  if (at == 0) at = 1;
  cache->used = at;
  *rule_index(s, cache, pc) = at;
  rule_at(cache, s->last_rule)->next = at;
  struct cached_rule *entry = rule_at(cache, at);
  entry->pc = pc;
  entry->frame = rule->frame;
  entry->row = (rule->row & ~0xffffull) | rule->unwinder;
  entry->generation = s->process.generation;
  entry->next = 0;
  s->last_rule = at;
  s->next_rule = 0;
}

INLINE void take_cached_rule(struct cached_rule *entry, struct rule *rule) {
  rule->frame = entry->frame;
  rule->row = entry->row;
  rule->unwinder = (u8)entry->row;
  rule->table_missing = 0;
}
