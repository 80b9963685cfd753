// SPDX-License-Identifier: Apache-2.0
// The dynamic array (gABI chapter 5) and the version needs (LSB, "Symbol Versioning").
#include "elfscan.h"

enum {
  DT_NEEDED = 1, DT_HASH = 4, DT_STRTAB = 5, DT_SYMTAB = 6, DT_STRSZ = 10, DT_SYMENT = 11,
  DT_SONAME = 14, DT_RPATH = 15, DT_TEXTREL = 22, DT_BIND_NOW = 24, DT_RUNPATH = 29,
  DT_FLAGS = 30, DT_GNU_HASH = 0x6ffffef5, DT_CONFIG = 0x6ffffefa, DT_DEPAUDIT = 0x6ffffefb,
  DT_AUDIT = 0x6ffffefc, DT_FLAGS_1 = 0x6ffffffb, DT_VERNEED = 0x6ffffffe,
  DT_VERNEEDNUM = 0x6fffffff, DT_AUXILIARY = 0x7ffffffd, DT_FILTER = 0x7fffffff,
};
#define DF_1_PIE 0x08000000

typedef struct {
  uint64_t value;
  bool is_there;
} First;

static void note_first(First *first, uint64_t value) {
  if (first->is_there) return;
  first->value = value;
  first->is_there = true;
}

static const Dynamic *find_array(const File *file, uint64_t *count) {
  const Segment *segment = segment_of(file, PT_DYNAMIC);
  if (segment == NULL) return NULL;
  for (const Segment *next = segment + 1; next < file->segments + file->header->phnum; next++) {
    if (next->type == PT_DYNAMIC) return NULL;
  }
  if (segment->filesz > DYNAMIC_BYTES) return NULL;
  *count = segment->filesz / sizeof(Dynamic);
  return fetch(segment->offset, segment->filesz);
}

static bool read_strings(File *file, First address, First size) {
  if (!address.is_there || !size.is_there) return false;
  if (!locate(file, address.value, &file->strings)) return false;
  if (size.value > file->strings.size || size.value > STRINGS_MOST) return false;
  file->strings.size = size.value;
  if (size.value > STRINGS_BYTES) return in_file(file->strings.offset, size.value);
  file->string_bytes = fetch(file->strings.offset, size.value);
  return file->string_bytes != NULL;
}

static bool optional_text(const File *file, First index, Text *text) {
  return !index.is_there || string_at(file, index.value, text);
}

bool read_dynamic(File *file) {
  uint64_t count = 0;
  const Dynamic *entries = find_array(file, &count);
  if (entries == NULL) return false;
  record.has_dynamic = 1;
  First strtab = {0}, strsz = {0}, symtab = {0}, gnu_hash = {0}, hash = {0}, verneed = {0};
  First verneednum = {0}, soname = {0}, rpath = {0}, runpath = {0}, flags = {0}, flags1 = {0};
  uint64_t needed[NEEDED];
  uint32_t needed_count = 0;
  uint64_t i = 0;
  for (; i < count && entries[i].tag != 0; i++) {
    uint64_t value = entries[i].value;
    // Larger tags mean nothing; as doubles they could not even be told apart.
    if (entries[i].tag > 0xffffffff) continue;
    switch ((uint32_t)entries[i].tag) {
      case DT_NEEDED:
        if (needed_count == NEEDED) return false;
        needed[needed_count++] = value;
        break;
      case DT_STRTAB: note_first(&strtab, value); break;
      case DT_STRSZ: note_first(&strsz, value); break;
      case DT_SYMTAB: note_first(&symtab, value); break;
      case DT_GNU_HASH: note_first(&gnu_hash, value); break;
      case DT_HASH: note_first(&hash, value); break;
      case DT_VERNEED: note_first(&verneed, value); break;
      case DT_VERNEEDNUM: note_first(&verneednum, value); break;
      case DT_SONAME: if (soname.is_there) return false; note_first(&soname, value); break;
      case DT_RPATH: if (rpath.is_there) return false; note_first(&rpath, value); break;
      case DT_RUNPATH: if (runpath.is_there) return false; note_first(&runpath, value); break;
      case DT_FLAGS: note_first(&flags, value); break;
      case DT_FLAGS_1: note_first(&flags1, value); break;
      case DT_TEXTREL: record.has_textrel = 1; break;
      case DT_BIND_NOW: record.has_bind_now = 1; break;
      case DT_SYMENT: if (value != sizeof(Symbol)) return false; break;
      // Seldom seen: for the reader that knows all of it.
      case DT_CONFIG: case DT_DEPAUDIT: case DT_AUDIT: case DT_AUXILIARY: case DT_FILTER:
        return false;
      default: break;
    }
  }
  if (i == count) return false;
  if (!read_strings(file, strtab, strsz)) return false;
  for (uint32_t n = 0; n < needed_count; n++) {
    if (!string_at(file, needed[n], &record.needed[n])) return false;
  }
  record.needed_count = needed_count;
  record.dynamic_flags = (uint32_t)flags.value;
  record.dynamic_flags1 = (uint32_t)flags1.value;
  if (!optional_text(file, soname, &record.soname)) return false;
  if (!optional_text(file, rpath, &record.rpath)) return false;
  if (!optional_text(file, runpath, &record.runpath)) return false;
  file->symtab = symtab.value, file->has_symtab = symtab.is_there;
  file->gnu_hash = gnu_hash.value, file->has_gnu_hash = gnu_hash.is_there;
  file->hash = hash.value, file->has_hash = hash.is_there;
  file->verneed = verneed.value, file->has_verneed = verneed.is_there;
  file->verneednum = verneednum.value, file->has_verneednum = verneednum.is_there;
  bool says_pie = (record.dynamic_flags1 & DF_1_PIE) != 0;
  if (file->header->type == ET_EXEC) record.kind = KIND_EXEC;
  else if (says_pie) record.kind = file->has_interpreter ? KIND_PIE : KIND_STATIC_PIE;
  else record.kind = file->has_interpreter && !soname.is_there ? KIND_PIE : KIND_SHARED;
  return true;
}

typedef struct {
  uint16_t version, count;
  uint32_t file, aux, next;
} Need;

typedef struct {
  uint32_t hash;
  uint16_t flags, other;
  uint32_t name, next;
} NeedAux;

#define GLIBC_PREFIX "GLIBC_"
#define GLIBC_PREFIX_BYTES 6
#define PARTS 8
#define PART_DIGITS 6

typedef struct {
  uint32_t part[PARTS];
  uint32_t count;
} Version;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

// 2.34: 1 for a version, 0 for GLIBC_PRIVATE and the like, -1 for what is written in an odd way.
static int parse_version(const char *text, uint32_t length, Version *version) {
  version->count = 0;
  uint32_t at = 0;
  for (;;) {
    uint32_t digits = 0, value = 0;
    while (at + digits < length && digits <= PART_DIGITS && is_digit(text[at + digits])) {
      value = value * 10 + (uint32_t)(text[at + digits++] - '0');
    }
    if (digits == 0 || digits > PART_DIGITS) return 0;
    if (digits > 1 && text[at] == '0') return -1;
    if (version->count == PARTS) return -1;
    version->part[version->count++] = value;
    at += digits;
    if (at == length) return version->count > 1;
    if (text[at++] != '.') return 0;
  }
}

// A missing part counts as smaller than any (2.2 < 2.2.5).
static bool is_higher(const Version *left, const Version *right) {
  uint32_t most = left->count > right->count ? left->count : right->count;
  for (uint32_t i = 0; i < most; i++) {
    int64_t a = i < left->count ? (int64_t)left->part[i] : -1;
    int64_t b = i < right->count ? (int64_t)right->part[i] : -1;
    if (a != b) return a > b;
  }
  return false;
}

static Version highest;

static bool take_version(Text library, Text version) {
  const char *text = (const char *)(uintptr_t)version.at;
  if (version.length < GLIBC_PREFIX_BYTES) return true;
  if (!equal(text, GLIBC_PREFIX, GLIBC_PREFIX_BYTES)) return true;
  if (record.first_version.at == 0) {
    record.first_version = version;
    record.first_library = library;
  }
  Version parsed;
  uint32_t rest = version.length - GLIBC_PREFIX_BYTES;
  int answer = parse_version(text + GLIBC_PREFIX_BYTES, rest, &parsed);
  if (answer <= 0) return answer == 0;
  if (record.highest_version.at != 0 && !is_higher(&parsed, &highest)) return true;
  highest = parsed;
  record.highest_version = version;
  return true;
}

bool read_versions(const File *file) {
  if (!file->has_verneed) return true;
  Range range;
  if (!locate(file, file->verneed, &range)) return false;
  uint64_t count = file->has_verneednum ? file->verneednum : VERSIONS;
  if (count > VERSIONS) return false;
  uint32_t visited = 0;
  uint64_t at = 0;
  for (uint64_t i = 0; i < count; i++) {
    if (at + sizeof(Need) > range.size) return false;
    const Need *need = fetch(range.offset + at, sizeof(Need));
    Text library, version;
    if (need == NULL || !string_at(file, need->file, &library)) return false;
    uint64_t aux_at = at + need->aux;
    for (uint32_t j = 0; j < need->count; j++) {
      if (aux_at + sizeof(NeedAux) > range.size || ++visited == VERSIONS) return false;
      const NeedAux *aux = fetch(range.offset + aux_at, sizeof(NeedAux));
      if (aux == NULL || !string_at(file, aux->name, &version)) return false;
      if (!take_version(library, version)) return false;
      if (aux->next == 0) break;
      aux_at += aux->next;
    }
    if (need->next == 0) return true;
    at += need->next;
  }
  // Without a count, more than these may follow.
  return file->has_verneednum;
}
