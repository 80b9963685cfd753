// SPDX-License-Identifier: GPL-2.0-only
// From an address to its unwind rule: the process's mapping, then the file's table.
#pragma once
#include "maps.h"

#define MAX_MAPPING_STEPS 17  // 2^16 mappings, more than vm.max_map_count allows
#define MAX_ROW_STEPS 11      // MAX_PAGE_ROWS rows

#define ROW_KIND(row) ((u8)((row) >> 16))
#define ROW_SAVED(row) ((u8)((row) >> 24))
#define ROW_CFA_OFFSET(row) ((s16)((row) >> 32))
#define ROW_SIDE_RULE(row) ((u16)((row) >> 32))
#define ROW_FP_OFFSET(row) ((s16)((row) >> 48))
#define ROW_OF_KIND(kind) ((u64)(kind) << 16)

/** Finds the mapping of `pc` and leaves it in s->mapping. Returns whether there is one. */
INLINE int find_mapping(struct scratch *s, u64 pc) {
  if (pc - s->mapping.start < s->mapping.end - s->mapping.start) return 1;
  u32 first = s->process.first_mapping;
  u32 left = s->process.mapping_count;
  for (int i = 0; i < MAX_MAPPING_STEPS && left > 0; i++) {
    u32 half = left >> 1;
    u32 middle = first + half;
    struct mapping *m = map_lookup(&mappings, &middle);
    if (!m) return 0;
    if (pc < m->start) {
      left = half;
      continue;
    }
    if (pc < m->end) {
      s->mapping = *m;
      return 1;
    }
    first = middle + 1;
    left -= half + 1;
  }
  return 0;
}

/** The last row of the page that does not begin above the address. */
INLINE int find_row(struct page *page, u32 page_offset, u64 *row) {
  u32 chunk_index = page->row >> 16;
  u32 at = page->row & (CHUNK_ROWS - 1);
  u32 left = page->row_count;
  u32 zero = 0;
  void *chunk = map_lookup(&row_chunks, &chunk_index);
  if (!chunk) return COUNT_TABLE_BOUNDS;
  struct row_chunk *rows = map_lookup(chunk, &zero);
  if (!rows) return COUNT_TABLE_BOUNDS;
  if (at + left > CHUNK_ROWS) return COUNT_TABLE_BOUNDS;
  for (int i = 0; i < MAX_ROW_STEPS && left > 1; i++) {
    u32 half = left >> 1;
    u32 middle = at + half;
    OPAQUE(middle);
    middle &= CHUNK_ROWS - 1;
    if ((u16)rows->rows[middle] <= page_offset) {
      at = middle;
      left -= half;
    } else {
      left = half;
    }
  }
  OPAQUE(at);
  *row = rows->rows[at & (CHUNK_ROWS - 1)];
  return (u16)*row <= page_offset ? 0 : COUNT_TABLE_BOUNDS;
}

/** Looks the address up in the table of its file. Returns 0 or the reason for having no rule. */
INLINE int find_in_table(u32 slot, u64 vaddr, struct rule *rule) {
  struct table *table = slot ? map_lookup(&tables, &slot) : 0;
  if (!table || !(table->flags & TABLE_LOADED)) {
    rule->table_missing = 1;
    return COUNT_NO_UNWIND_INFO;
  }
  u64 offset = vaddr - table->base_vaddr;
  u64 page_number = offset >> PAGE_SHIFT;
  if (page_number >= table->page_count) return COUNT_NO_UNWIND_INFO;
  u32 page_index = table->first_page + (u32)page_number;
  struct page *page = map_lookup(&page_dir, &page_index);
  if (!page) return COUNT_TABLE_BOUNDS;
  if (page->row_count == 0) return COUNT_NO_UNWIND_INFO;
  int failure = find_row(page, offset & ((1u << PAGE_SHIFT) - 1), &rule->row);
  if (failure) return failure;
  if (ROW_KIND(rule->row) != CFA_SIDE) return 0;
  u32 side = ROW_SIDE_RULE(rule->row);
  if (side >= table->side_count) return COUNT_TABLE_BOUNDS;
  side = table->first_side + side;
  if (side >= MAX_SIDE_RULES) return COUNT_TABLE_BOUNDS;
  rule->row = (rule->row & ~(0xffffull << 32)) | (u64)side << 32;
  return 0;
}

INLINE u64 frame_of(u32 slot, u64 vaddr) {
  return (u64)slot << 48 | (vaddr & ((1ull << 48) - 1));
}

/** Looks the address up without the cache. */
INLINE int find_rule(struct scratch *s, u64 pc, struct rule *rule, u8 *cacheable) {
  *cacheable = 1;
  rule->unwinder = 0;
  rule->table_missing = 0;
  if (!s->process_known || !find_mapping(s, pc)) {
    rule->frame = frame_of(0, pc);
    rule->row = ROW_OF_KIND(CFA_GUESS_NO_MAPPING);
    return 0;
  }
  u64 vaddr = pc - s->mapping.bias;
  rule->frame = frame_of(s->mapping.slot, vaddr);
  rule->row = 0;
  rule->unwinder = s->mapping.unwinder;
  switch (s->mapping.kind) {
    case MAPPING_TABLE: {
      int failure = find_in_table(s->mapping.slot, vaddr, rule);
      // What is missing may be loaded at any time.
      *cacheable = failure == 0;
      if (failure && failure != COUNT_NO_UNWIND_INFO) return failure;
      if (failure || ROW_KIND(rule->row) == CFA_NONE) rule->row = ROW_OF_KIND(CFA_GUESS_NO_INFO);
      return 0;
    }
    case MAPPING_FRAME_POINTERS:
      rule->row = ROW_OF_KIND(CFA_CHECKED_FRAME_POINTER);
      return 0;
    case MAPPING_END:
      rule->row = ROW_OF_KIND(CFA_END);
      return 0;
    default:
      *cacheable = 0;
      rule->row = ROW_OF_KIND(CFA_GUESS_NO_INFO);
      return 0;
  }
}
