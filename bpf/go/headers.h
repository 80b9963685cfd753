// SPDX-License-Identifier: GPL-2.0-only
// Headers and metadata: map[string][]string, in both of Go's map layouts.
#pragma once
#include "trace_context.h"

/** The headers that are looked for. Keys differ in case: net/http's are canonical, gRPC's are not. */
struct found_headers {
  struct go_string traceparent, tracestate, baggage, user_agent, forwarded;
  u32 traceparents;
};

struct map_slot {
  struct go_string key;
  struct go_string value;  // of []string: data and length
  u64 capacity;
};

#define SWISS_GROUP_BYTES (8 + 8 * 40)
#define MAX_SWISS_GROUPS 32
#define MAX_SWISS_TABLES 4
#define MAX_BUCKETS 16
#define MAX_OVERFLOW 4

INLINE u64 lower(u64 word) { return word | 0x2020202020202020ull; }

#define WORD(a, b, c, d, e, f, g, h)                                                       \
  ((u64)(a) | (u64)(b) << 8 | (u64)(c) << 16 | (u64)(d) << 24 | (u64)(e) << 32 | (u64)(f) << 40 | \
   (u64)(g) << 48 | (u64)(h) << 56)

/** The first element of a []string. */
INLINE void first_value(const struct go_string *slice, struct go_string *to) {
  if (slice->bytes && slice->at > 4096) read_user(to, sizeof(*to), (void *)slice->at);
}

/** Of baggage, Forwarded, tracestate and User-Agent, traceparent, X-Forwarded-For. */
INLINE int is_wanted_length(u64 bytes) {
  return bytes == 7 || bytes == 9 || bytes == 10 || bytes == 11 || bytes == 15;
}

/** Looks at one key; most are told apart by their length. */
INLINE void take_slot(const struct go_string *key, const struct go_string *slice,
                      struct found_headers *to) {
  u64 bytes = key->bytes;
  if (!is_wanted_length(bytes)) return;
  u64 begin = 0;
  if (bytes == 7) {
    if (read_user(&begin, 7, (void *)key->at)) return;
    if (lower(begin) == lower(WORD('b', 'a', 'g', 'g', 'a', 'g', 'e', 0)))
      first_value(slice, &to->baggage);
    return;
  }
  if (read_user(&begin, 8, (void *)key->at)) return;
  begin = lower(begin);
  if (bytes == 11 && begin == WORD('t', 'r', 'a', 'c', 'e', 'p', 'a', 'r')) {
    to->traceparents += slice->bytes;
    first_value(slice, &to->traceparent);
  } else if (bytes == 10 && begin == WORD('t', 'r', 'a', 'c', 'e', 's', 't', 'a')) {
    first_value(slice, &to->tracestate);
  } else if (bytes == 10 && begin == WORD('u', 's', 'e', 'r', '-', 'a', 'g', 'e')) {
    first_value(slice, &to->user_agent);
  } else if (bytes == 15 && begin == WORD('x', '-', 'f', 'o', 'r', 'w', 'a', 'r')) {
    // X-Forwarded-For; X-Forwarded-Proto has 17 bytes.
    first_value(slice, &to->forwarded);
  } else if (bytes == 9 && !to->forwarded.bytes &&
             begin == WORD('f', 'o', 'r', 'w', 'a', 'r', 'd', 'e')) {
    first_value(slice, &to->forwarded);
  }
}

/** One group of eight slots, internal/runtime/maps: control bytes, then slots. */
GLOBAL_FUNCTION int take_group(u64 group, struct found_headers *to) {
  u8 control[8] = {0};
  struct map_slot slot = {0};
  if (!to) return 0;
  if (read_user(control, sizeof(control), (void *)group)) return 0;
  for (u32 i = 0; i < 8; i++) {
    if (control[i] & 0x80) continue;  // empty or deleted
    // One by one: 512 bytes of stack is all that there is, for all functions together.
    if (read_user(&slot, sizeof(slot), (void *)(group + sizeof(control) + i * sizeof(slot)))) continue;
    take_slot(&slot.key, &slot.value, to);
  }
  return 0;
}

/** internal/runtime/maps.table: used, capacity, growthLeft u16, localDepth u8, index int, groups. */
#define TABLE_GROUPS 16
struct swiss_groups {
  u64 data, length_mask;
};

/** A table of more than one group. Functions that are verified once keep the loops cheap to load. */
GLOBAL_FUNCTION int take_table(u64 table, struct found_headers *to) {
  struct swiss_groups groups = {0};
  if (!to) return 0;
  if (read_user(&groups, sizeof(groups), (void *)(table + TABLE_GROUPS))) return 0;
  for (u32 g = 0; g < MAX_SWISS_GROUPS && g <= groups.length_mask; g++)
    take_group(groups.data + (u64)g * SWISS_GROUP_BYTES, to);
  return 0;
}

GLOBAL_FUNCTION int take_tables(u64 directory, u64 tables, struct found_headers *to) {
  u64 last = 0;
  if (!to) return 0;
  for (u32 i = 0; i < MAX_SWISS_TABLES && i < tables; i++) {
    u64 table = 0;
    if (read_user(&table, 8, (void *)(directory + i * 8)) || table == last) continue;
    last = table;
    take_table(table, to);
  }
  return 0;
}

INLINE void take_swiss(const struct go_config *c, u64 map, struct found_headers *to) {
  u64 directory = field_word(c, SWISS_DIR_PTR, map);
  u64 tables = field_word(c, SWISS_DIR_LEN, map);
  if (tables)
    take_tables(directory, tables, to);
  else if (directory)
    take_group(directory, to);
}

/** runtime.bmap: eight top hashes, keys, values, overflow. */
#define BUCKET_KEYS 8
#define BUCKET_VALUES (8 + 8 * 16)
#define BUCKET_OVERFLOW (8 + 8 * 16 + 8 * 24)
#define BUCKET_BYTES (BUCKET_OVERFLOW + 8)
#define MIN_TOP_HASH 5

GLOBAL_FUNCTION u64 take_bucket(u64 bucket, struct found_headers *to) {
  u8 top[8] = {0};
  struct go_string key = {0}, slice = {0};
  u64 overflow = 0;
  if (!to) return 0;
  if (read_user(top, sizeof(top), (void *)bucket)) return 0;
  for (u32 i = 0; i < 8; i++) {
    if (top[i] < MIN_TOP_HASH) continue;
    if (read_user(&key, sizeof(key), (void *)(bucket + BUCKET_KEYS + i * sizeof(key)))) continue;
    if (!is_wanted_length(key.bytes)) continue;
    if (read_user(&slice, sizeof(slice), (void *)(bucket + BUCKET_VALUES + i * 24))) continue;
    take_slot(&key, &slice, to);
  }
  if (read_user(&overflow, 8, (void *)(bucket + BUCKET_OVERFLOW))) return 0;
  return overflow;
}

GLOBAL_FUNCTION int take_chain(u64 bucket, struct found_headers *to) {
  if (!to) return 0;
  for (u32 o = 0; o < MAX_OVERFLOW && bucket > 4096; o++) bucket = take_bucket(bucket, to);
  return 0;
}

GLOBAL_FUNCTION int take_buckets(u64 buckets, u32 number, struct found_headers *to) {
  if (!to) return 0;
  for (u32 i = 0; i < MAX_BUCKETS && i < number; i++)
    take_chain(buckets + (u64)i * BUCKET_BYTES, to);
  return 0;
}

INLINE void take_hmap(const struct go_config *c, u64 map, struct found_headers *to) {
  u8 log2 = 0;
  if (read_field(c, HMAP_B, map, &log2, 1) || log2 > 4) return;
  u64 buckets = field_word(c, HMAP_BUCKETS, map);
  u64 old = field_word(c, HMAP_OLDBUCKETS, map);
  if (buckets) take_buckets(buckets, 1u << log2, to);
  // While it grows, what was not moved yet is there only.
  if (old && log2) take_buckets(old, 1u << (log2 - 1), to);
}

/** Finds what is wanted in a map[string][]string. */
INLINE void find_headers(const struct go_config *c, u64 map, struct found_headers *to) {
  if (map < 4096) return;
  if (c->flags & CONFIG_SWISS_MAPS)
    take_swiss(c, map, to);
  else
    take_hmap(c, map, to);
}

#define MAX_METADATA_HOPS 12
#define MAX_METADATA 64

/** context.valueCtx: the parent, then key and value, each an interface. */
struct value_context {
  struct go_interface parent, key, value;
};

/**
 * gRPC keeps a call's metadata, a map, as a value of its context. Type descriptors are not known, so
 * what has the size of a small map is taken for one: only a traceparent that is right is believed.
 */
GLOBAL_FUNCTION u64 find_metadata(u64 context, u32 count_offset) {
  struct value_context v = {0};
  for (u32 i = 0; i < MAX_METADATA_HOPS; i++) {
    u64 number = 0;
    if (context < 4096 || read_user(&v, sizeof(v), (void *)context)) return 0;
    if (v.value.data > 4096 &&
        !read_user(&number, sizeof(number), (void *)(v.value.data + count_offset)) && number &&
        number <= MAX_METADATA)
      return v.value.data;
    context = v.parent.data;
  }
  return 0;
}

/** More than one traceparent is none (section 3.2.1). */
INLINE void parent_of_headers(const struct found_headers *h, struct trace_parent *to) {
  if (!h->traceparents) return;
  if (h->traceparents > 1 || !parse_traceparent(h->traceparent.at, h->traceparent.bytes, to))
    count(COUNT_BAD_TRACEPARENT);
}
