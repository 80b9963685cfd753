// SPDX-License-Identifier: Apache-2.0
// Stack protector and _FORTIFY_SOURCE, by names of .dynsym; of defined ones only through
// DT_GNU_HASH where that parts them from those that are only used.
#include "elfscan.h"

#define UNDEFINED 0
#define ALL_KINDS 1
static const char fail_name[] = "__stack_chk_fail";
static const char guard_name[] = "__stack_chk_guard";
#define FAIL_BYTES (sizeof(fail_name) - 1)
#define GUARD_BYTES (sizeof(guard_name) - 1)
#define SHORTEST_FORTIFY 7

typedef struct {
  uint32_t bucket_count, symbol_offset, bloom_words, bloom_shift;
  uint64_t bloom_at, buckets_at, chains_at, chain_room;
} GnuHash;

static bool is_word(uint8_t c) {
  uint8_t lower = c | 0x20;
  return (lower >= 'a' && lower <= 'z') || c == '_' || (c >= '0' && c <= '9');
}

// What the name at `index` tells; false for one that has no reasonable end.
static bool classify(const File *file, uint32_t index, bool is_defined) {
  if (index >= file->strings.size) return true;
  uint64_t room, end = 2;
  const char *name = name_at(file, index, &room);
  if (name == NULL) return false;
  if (room < 3 || name[0] != '_' || name[1] != '_') return true;
  while (end < room && is_word((uint8_t)name[end])) end++;
  if (end > NAME_BYTES || (end == room && index + room < file->strings.size)) return false;
  if (end == room || (name[end] != 0 && name[end] != '@')) return true;
  bool is_fail = end == FAIL_BYTES && equal(name, fail_name, FAIL_BYTES);
  if (is_fail || (end == GUARD_BYTES && equal(name, guard_name, GUARD_BYTES))) record.canary = 1;
  else if (!is_defined && end >= SHORTEST_FORTIFY && equal(name + end - 4, "_chk", 4)) {
    record.fortify = 1;
  }
  return true;
}

static bool scan(const File *file, Range table, uint64_t end, bool wants_defined) {
  if (end * sizeof(Symbol) > SYMBOLS_BYTES) return false;
  const Symbol *symbols = fetch(table.offset, end * sizeof(Symbol));
  if (symbols == NULL) return false;
  for (uint64_t i = 1; i < end; i++) {
    if (symbols[i].shndx == UNDEFINED && !classify(file, symbols[i].name, false)) return false;
  }
  for (uint64_t i = 1; wants_defined && i < end && !record.canary; i++) {
    if (symbols[i].shndx != UNDEFINED && !classify(file, symbols[i].name, true)) return false;
  }
  return true;
}

static bool read_gnu_hash(const File *file, GnuHash *table) {
  Range range;
  if (!locate(file, file->gnu_hash, &range)) return false;
  const uint32_t *words = fetch(range.offset, 16);
  if (words == NULL) return false;
  table->bucket_count = words[0];
  table->symbol_offset = words[1];
  table->bloom_words = words[2];
  table->bloom_shift = words[3];
  table->bloom_at = range.offset + 16;
  table->buckets_at = table->bloom_at + (uint64_t)table->bloom_words * 8;
  table->chains_at = table->buckets_at + (uint64_t)table->bucket_count * 4;
  uint64_t room = range.offset + range.size;
  if (table->chains_at > room) return false;
  table->chain_room = (room - table->chains_at) / 4;
  return true;
}

static int has_hashed(const GnuHash *table) {
  uint64_t bytes = (uint64_t)table->bucket_count * 4;
  if (bytes > SYMBOLS_BYTES) return -1;
  if (bytes == 0) return 0;
  const uint32_t *buckets = fetch(table->buckets_at, bytes);
  if (buckets == NULL) return -1;
  for (uint32_t i = 0; i < table->bucket_count; i++) {
    if (buckets[i] != 0) return 1;
  }
  return 0;
}

// False where the Bloom filter proves that no symbol has this hash.
static bool may_contain(const GnuHash *table, uint32_t hash, bool *is_readable) {
  uint32_t words = table->bloom_words;
  if (words == 0 || (words & (words - 1)) != 0 || table->bloom_shift > 31) return true;
  const uint64_t *word = fetch(table->bloom_at + (uint64_t)((hash >> 6) & (words - 1)) * 8, 8);
  if (word == NULL) return *is_readable = false;
  uint32_t second = hash >> table->bloom_shift;
  return ((*word >> (hash & 63)) & (*word >> (second & 63)) & 1) != 0;
}

static bool is_named(const File *file, Range table, uint64_t index, const char *name,
                     uint32_t length, bool *is_readable) {
  if ((index + 1) * sizeof(Symbol) > table.size) return false;
  const Symbol *symbol = fetch(table.offset + index * sizeof(Symbol), sizeof(Symbol));
  if (symbol == NULL) return *is_readable = false;
  if ((uint64_t)symbol->name + length >= file->strings.size) return false;
  uint64_t room;
  const char *found = name_at(file, symbol->name, &room);
  if (found == NULL) return *is_readable = false;
  return found[length] == 0 && equal(found, name, length);
}

static bool is_defined(const File *file, Range table, const GnuHash *hashes, const char *name,
                       uint32_t length, bool *is_readable) {
  uint32_t hash = 5381;
  for (uint32_t i = 0; i < length; i++) hash = hash * 33 + (uint8_t)name[i];
  if (hashes->bucket_count == 0 || !may_contain(hashes, hash, is_readable)) return false;
  uint64_t bucket_at = hashes->buckets_at + (uint64_t)(hash % hashes->bucket_count) * 4;
  const uint32_t *bucket = fetch(bucket_at, 4);
  if (bucket == NULL) return *is_readable = false;
  if (*bucket < hashes->symbol_offset || *bucket == 0) return false;
  uint64_t index = *bucket - hashes->symbol_offset, end = index + CHAIN;
  if (end > hashes->chain_room) end = hashes->chain_room;
  for (; index < end; index++) {
    const uint32_t *word = fetch(hashes->chains_at + index * 4, 4);
    if (word == NULL) return *is_readable = false;
    bool is_same = (*word | 1) == (hash | 1);
    uint64_t symbol = hashes->symbol_offset + index;
    if (is_same && is_named(file, table, symbol, name, length, is_readable)) return true;
    if (*word & 1) return false;
  }
  return false;
}

// Without DT_GNU_HASH to part them: as many as DT_HASH or the section says.
static bool count_symbols(const File *file, Range table, uint64_t *count) {
  uint64_t room = table.size / sizeof(Symbol);
  if (file->has_hash) {
    Range range;
    if (!locate(file, file->hash, &range)) return false;
    *count = ((const uint32_t *)fetch(range.offset, 8))[1];
    return *count <= room;
  }
  for (uint32_t i = 0; i < file->header->shnum; i++) {
    const Section *section = &file->sections[i];
    if (section->type != SHT_DYNSYM) continue;
    *count = section->size / sizeof(Symbol);
    return section->offset == table.offset && *count <= room;
  }
  return false;
}

static bool check_sysv_hash(const File *file) {
  Range range;
  if (!locate(file, file->hash, &range) || range.size < 8) return false;
  const uint32_t *words = fetch(range.offset, 8);
  return words != NULL && 8 + ((uint64_t)words[0] + words[1]) * 4 <= range.size;
}

#define STEM "__stack_chk_"
#define STEM_BYTES 12

static bool holds_stem(const uint8_t *bytes, uint32_t length) {
  for (uint32_t i = 0; i + STEM_BYTES <= length; i++) {
    if (bytes[i] == '_' && bytes[i + 2] == 's' && equal(bytes + i, STEM, STEM_BYTES)) return true;
  }
  return false;
}

// A canary of the program's own would be in .symtab. Where its names are worth a closer look, or
// cannot be read: false.
static bool has_no_private_copy(const File *file) {
  const Section *section = section_of(file, SHT_SYMTAB);
  if (section == NULL || section->link >= file->header->shnum) return false;
  const Section *strings = &file->sections[section->link];
  if (strings->type != SHT_STRTAB) return false;
  if (strings->size > PRIVATE_STRINGS) return record.needed_count > 0;
  if (!in_file(strings->offset, strings->size)) return false;
  uint32_t room;
  uint8_t *bytes = scratch(&room);
  for (uint64_t at = 0; at < strings->size; at += room - STEM_BYTES) {
    uint64_t left = strings->size - at;
    uint32_t wanted = left < room ? (uint32_t)left : room;
    if (read_into(bytes, strings->offset + at, wanted) != (int32_t)wanted) return false;
    if (holds_stem(bytes, wanted)) return false;
  }
  return true;
}

// Without dynamic symbols nothing tells of _FORTIFY_SOURCE, and of an object file nothing is told.
bool read_symtab(const File *file) {
  if (section_of(file, SHT_DYNSYM) != NULL) return false;
  record.fortify = UNKNOWN;
  bool is_told = file->header->type != ET_REL && !record.stripped;
  record.canary = is_told ? 0 : UNKNOWN;
  return !is_told || has_no_private_copy(file);
}

bool read_symbols(const File *file) {
  Range table;
  GnuHash hashes;
  if (!file->has_symtab || !locate(file, file->symtab, &table)) return false;
  if (file->has_hash && !check_sysv_hash(file)) return false;
  int is_parted = 0;
  if (file->has_gnu_hash) {
    if (!read_gnu_hash(file, &hashes)) return false;
    is_parted = has_hashed(&hashes);
    if (is_parted < 0) return false;
    if (hashes.symbol_offset > table.size / sizeof(Symbol)) is_parted = 0;
  }
  if (is_parted) {
    bool ok = true;
    if (!scan(file, table, hashes.symbol_offset, false)) return false;
    record.canary = record.canary ||
                    is_defined(file, table, &hashes, fail_name, FAIL_BYTES, &ok) ||
                    is_defined(file, table, &hashes, guard_name, GUARD_BYTES, &ok);
    if (!ok) return false;
  } else {
    uint64_t count;
    if (!count_symbols(file, table, &count) || !scan(file, table, count, true)) return false;
  }
  return record.canary || record.stripped || has_no_private_copy(file);
}
