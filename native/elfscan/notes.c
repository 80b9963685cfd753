// SPDX-License-Identifier: Apache-2.0
// Notes (gABI chapter 5): PT_NOTE segments, then SHT_NOTE sections that no segment covers.
#include "elfscan.h"

typedef struct {
  uint32_t name_bytes, desc_bytes, type;
} Note;

enum { NT_ABI_TAG = 1, NT_BUILD_ID = 3, NT_PROPERTY = 5 };
enum { NT_ANDROID_IDENT = 1, NT_STAPSDT = 3, NT_GO_BUILD_ID = 4 };
#define NT_FDO_PACKAGING 0xcafe1a7e
#define NT_FDO_DLOPEN 0x407c0c0a
#define FEATURE_X86 0xc0000002
#define FEATURE_AARCH64 0xc0000000

static uint32_t notes_seen;
static bool has_build_id, has_property, has_package;

static uint64_t align_up(uint64_t value, uint64_t align) {
  return (value + align - 1) / align * align;
}

static bool is_owner(const char *name, uint32_t length, const char *owner, uint32_t owner_bytes) {
  uint32_t end = 0;
  while (end < length && name[end] != 0) end++;
  return end == owner_bytes && equal(name, owner, owner_bytes);
}

static void read_property(const uint8_t *bytes, uint32_t length, uint32_t machine) {
  uint32_t wanted = machine == EM_X86_64 ? FEATURE_X86 : FEATURE_AARCH64;
  uint64_t at = 0;
  while (at + 8 <= length) {
    const uint32_t *words = (const uint32_t *)(bytes + at);
    if (words[0] == wanted && words[1] >= 4 && at + 12 <= length) {
      record.feature_bits = words[2];
      return;
    }
    at += 8 + align_up(words[1], 8);
  }
}

static bool take_gnu(uint32_t type, const uint8_t *desc, uint32_t length, uint32_t machine) {
  if (type == NT_BUILD_ID && !has_build_id) {
    has_build_id = true;
    if (length > BUILD_ID_BYTES) return false;
    if (length > 0) record.build_id = (Text){(uint32_t)(uintptr_t)desc, length};
  } else if (type == NT_ABI_TAG && !record.has_abi_tag) {
    if (length < 16) return false;
    record.has_abi_tag = 1;
    for (int i = 0; i < 4; i++) record.abi_tag[i] = ((const uint32_t *)desc)[i];
  } else if (type == NT_PROPERTY && !has_property) {
    has_property = true;
    read_property(desc, length, machine);
  }
  return true;
}

// Flat JSON only, which needs no look at its depth.
static bool take_package(const uint8_t *desc, uint32_t length) {
  if (has_package) return true;
  has_package = true;
  if (length > NAME_BYTES || !is_ascii((const char *)desc, length)) return false;
  uint32_t brackets = 0;
  for (uint32_t i = 0; i < length; i++) brackets += desc[i] == '{' || desc[i] == '[';
  while (length > 0 && desc[length - 1] == 0) length--;
  record.package = (Text){(uint32_t)(uintptr_t)desc, length};
  return brackets == 1 && length > 0;
}

static bool read_region(const File *file, uint64_t offset, uint64_t size, uint64_t alignment) {
  if (size > NOTE_REGION_BYTES) return false;
  if (size == 0) return in_file(offset, 0);
  const uint8_t *bytes = fetch(offset, size);
  if (bytes == NULL) return false;
  uint64_t align = alignment == 8 ? 8 : 4;
  uint64_t at = 0;
  while (at + sizeof(Note) <= size) {
    if (notes_seen++ == NOTES) return false;
    const Note *note = (const Note *)(bytes + at);
    uint64_t name_at = at + sizeof(Note);
    uint64_t desc_at = align_up(name_at + note->name_bytes, align);
    if (desc_at + note->desc_bytes > size) return false;
    const char *name = (const char *)bytes + name_at;
    const uint8_t *desc = bytes + desc_at;
    uint32_t length = note->name_bytes, type = note->type;
    if (is_owner(name, length, "GNU", 3)) {
      if (!take_gnu(type, desc, note->desc_bytes, file->header->machine)) return false;
    } else if (is_owner(name, length, "FDO", 3)) {
      if (type == NT_FDO_DLOPEN) return false;
      if (type == NT_FDO_PACKAGING && !take_package(desc, note->desc_bytes)) return false;
    } else if (type == NT_GO_BUILD_ID && is_owner(name, length, "Go", 2)) {
      return false;
    } else if (type == NT_STAPSDT && is_owner(name, length, "stapsdt", 7)) {
      if (record.probe_count == PROBES || note->desc_bytes > PROBE_BYTES) return false;
      record.probes[record.probe_count++] = (Text){(uint32_t)(uintptr_t)desc, note->desc_bytes};
    } else if (type == NT_ANDROID_IDENT && is_owner(name, length, "Android", 7)) {
      return false;
    }
    at = align_up(desc_at + note->desc_bytes, align);
  }
  return true;
}

static bool is_covered(const Segment **regions, uint32_t count, const Section *section) {
  for (uint32_t i = 0; i < count; i++) {
    uint64_t start = regions[i]->offset, end = start + regions[i]->filesz;
    if (section->offset >= start && section->offset + section->size <= end) return true;
  }
  return false;
}

bool read_notes(const File *file) {
  const Segment *regions[NOTE_REGIONS];
  uint32_t count = 0, extra = 0;
  notes_seen = 0;
  has_build_id = has_property = has_package = false;
  for (uint32_t i = 0; i < file->header->phnum; i++) {
    const Segment *segment = &file->segments[i];
    if (segment->type != PT_NOTE) continue;
    if (count == NOTE_REGIONS) return false;
    regions[count++] = segment;
    if (!read_region(file, segment->offset, segment->filesz, segment->align)) return false;
  }
  for (uint32_t i = 0; i < file->header->shnum; i++) {
    const Section *section = &file->sections[i];
    if (section->type != SHT_NOTE) continue;
    if (!in_file(section->offset, section->size) || extra++ == NOTE_REGIONS) return false;
    if (is_covered(regions, count, section)) continue;
    if (!read_region(file, section->offset, section->size, section->align)) return false;
  }
  return true;
}
