// SPDX-License-Identifier: GPL-2.0-only
// Headers of requests whose names were asked for. It costs nothing where none was: then this is no
// part of what is loaded. Programs of its own, as walking a map twice is too much for one.
#pragma once
#include "http_server.h"

#define MAX_CAPTURED 16
#define CAPTURED_BYTES 48
#define CAPTURED_WORDS (CAPTURED_BYTES / 8)
#define MAX_VALUES 4
#define VALUE_BYTES 256
#define TEXT_CAPTURED 32  // and the name's number behind it

enum capture_side { CAPTURE_SERVER = 1, CAPTURE_CLIENT = 2 };

/** A name in lower case, zeros behind it. */
struct captured_name {
  u64 words[CAPTURED_WORDS];
  u32 bytes, sides;
};

/** For one run of a program: what a stack has no room for. */
struct capture_scratch {
  struct map_slot slot;
  u64 words[CAPTURED_WORDS];
  u32 side, unused;
};

PLAIN_ARRAY(captured_names, MAP_ARRAY_TYPE, struct captured_name, MAX_CAPTURED);
PLAIN_ARRAY(capture_scratches, MAP_PERCPU_ARRAY, struct capture_scratch, 1);

/** Canonical, or as the program wrote it: names are the same in any case (RFC 9110 §5.1). */
INLINE u64 lower_name(u64 word) {
  u64 upper = 0;
  for (u32 i = 0; i < 64; i += 8) {
    u64 byte = word >> i & 0xff;
    if (byte >= 'A' && byte <= 'Z') upper |= 0x20ull << i;
  }
  return word | upper;
}

INLINE int is_name(const struct captured_name *name, const struct capture_scratch *c) {
  u64 difference = 0;
  for (u32 i = 0; i < CAPTURED_WORDS; i++) difference |= name->words[i] ^ c->words[i];
  return !difference;
}

GLOBAL_FUNCTION int take_values(struct span_texts *t, struct capture_scratch *c, u32 number) {
  struct go_string value = {0};
  if (!t || !c) return 0;
  for (u32 i = 0; i < MAX_VALUES && i < c->slot.value.bytes; i++) {
    if (read_user(&value, sizeof(value), (void *)(c->slot.value.at + (u64)i * sizeof(value)))) break;
    add_text(t, TEXT_CAPTURED + number, &value, VALUE_BYTES);
  }
  return 0;
}

/** One header: `c->slot`. */
GLOBAL_FUNCTION int capture_slot(struct span_texts *t, struct capture_scratch *c) {
  if (!t || !c) return 0;
  for (u32 i = 0; i < CAPTURED_WORDS; i++) c->words[i] = 0;
  // Read anew below: kept over the call it would be spilled, and Linux 6.1 forgets its bounds.
  u64 size = *(volatile u64 *)&c->slot.key.bytes;
  OPAQUE(size);
  if (!size || size > CAPTURED_BYTES) return 0;
  if (read_user(c->words, (u32)size, (void *)c->slot.key.at)) return 0;
  u64 bytes = *(volatile u64 *)&c->slot.key.bytes;
  for (u32 i = 0; i < CAPTURED_WORDS; i++) c->words[i] = lower_name(c->words[i]);
  for (u32 i = 0; i < MAX_CAPTURED; i++) {
    u32 number = i;
    struct captured_name *name = map_lookup(&captured_names, &number);
    if (!name || !name->bytes) return 0;
    if (name->bytes == bytes && (name->sides & c->side) && is_name(name, c)) take_values(t, c, i);
  }
  return 0;
}

GLOBAL_FUNCTION int capture_group(struct span_texts *t, struct capture_scratch *c, u64 group) {
  u8 control[8] = {0};
  if (!t || !c || read_user(control, sizeof(control), (void *)group)) return 0;
  for (u32 i = 0; i < 8; i++) {
    if (control[i] & 0x80) continue;  // empty or deleted
    u64 at = group + sizeof(control) + i * sizeof(struct map_slot);
    if (!read_user(&c->slot, sizeof(c->slot), (void *)at)) capture_slot(t, c);
  }
  return 0;
}

GLOBAL_FUNCTION int capture_table(struct span_texts *t, struct capture_scratch *c, u64 table) {
  struct swiss_groups groups = {0};
  if (!t || !c || read_user(&groups, sizeof(groups), (void *)(table + TABLE_GROUPS))) return 0;
  for (u32 g = 0; g < MAX_SWISS_GROUPS && g <= groups.length_mask; g++)
    capture_group(t, c, groups.data + (u64)g * SWISS_GROUP_BYTES);
  return 0;
}

GLOBAL_FUNCTION u64 capture_bucket(struct span_texts *t, struct capture_scratch *c, u64 bucket) {
  u8 top[8] = {0};
  u64 overflow = 0;
  if (!t || !c || read_user(top, sizeof(top), (void *)bucket)) return 0;
  for (u32 i = 0; i < 8; i++) {
    u64 key = bucket + BUCKET_KEYS + i * 16, slice = bucket + BUCKET_VALUES + i * 24;
    if (top[i] < MIN_TOP_HASH || read_user(&c->slot.key, 16, (void *)key)) continue;
    if (!read_user(&c->slot.value, 16, (void *)slice)) capture_slot(t, c);
  }
  if (read_user(&overflow, 8, (void *)(bucket + BUCKET_OVERFLOW))) return 0;
  return overflow;
}

GLOBAL_FUNCTION int capture_buckets(struct span_texts *t, struct capture_scratch *c, u64 buckets,
                                    u32 number) {
  if (!t || !c) return 0;
  for (u32 i = 0; i < MAX_BUCKETS && i < number; i++) {
    u64 bucket = buckets + (u64)i * BUCKET_BYTES;
    for (u32 o = 0; o < MAX_OVERFLOW && bucket > 4096; o++) bucket = capture_bucket(t, c, bucket);
  }
  return 0;
}

INLINE void capture_swiss(const struct go_config *g, struct span_texts *t,
                          struct capture_scratch *c, u64 map) {
  u64 directory = field_word(g, SWISS_DIR_PTR, map), last = 0;
  u64 tables = field_word(g, SWISS_DIR_LEN, map);
  if (!tables && directory) capture_group(t, c, directory);
  for (u32 i = 0; i < MAX_SWISS_TABLES && i < tables; i++) {
    u64 table = 0;
    if (read_user(&table, 8, (void *)(directory + i * 8)) || table == last) continue;
    last = table;
    capture_table(t, c, table);
  }
}

INLINE void capture_hmap(const struct go_config *g, struct span_texts *t,
                         struct capture_scratch *c, u64 map) {
  u8 log2 = 0;
  if (read_field(g, HMAP_B, map, &log2, 1) || log2 > 4) return;
  u64 buckets = field_word(g, HMAP_BUCKETS, map), old = field_word(g, HMAP_OLDBUCKETS, map);
  if (buckets) capture_buckets(t, c, buckets, 1u << log2);
  if (old && log2) capture_buckets(t, c, old, 1u << (log2 - 1));
}

/** The span has begun just now, in the program before. */
INLINE int capture(struct user_registers *regs, u64 request, u32 kind, u32 side) {
  struct site s = {0};
  u32 zero = 0;
  if (!enter(regs, &s)) return 0;
  struct span_key key = {s.goid, s.tgid, kind};
  struct open_span *span = map_lookup(&active, &key);
  struct span_texts *t = span ? find_texts(&key, span) : 0;
  struct capture_scratch *c = map_lookup(&capture_scratches, &zero);
  u64 map = field_word(s.config, REQUEST_HEADER, request);
  if (!t || !c || map < 4096) return 0;
  c->side = side;
  if (s.config->flags & CONFIG_SWISS_MAPS)
    capture_swiss(s.config, t, c, map);
  else
    capture_hmap(s.config, t, c, map);
  return 0;
}

SEC("kprobe")
int capture_server(struct user_registers *regs) {
  return capture(regs, ARG_3(regs), KIND_HTTP_SERVER, CAPTURE_SERVER);
}

SEC("kprobe")
int capture_h2_server(struct user_registers *regs) {
  return capture(regs, ARG_2(regs), KIND_HTTP_SERVER, CAPTURE_SERVER);
}

SEC("kprobe")
int capture_client(struct user_registers *regs) {
  return capture(regs, ARG_1(regs), KIND_HTTP_CLIENT, CAPTURE_CLIENT);
}
