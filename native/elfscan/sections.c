// SPDX-License-Identifier: Apache-2.0
// Section headers (gABI chapter 4): which debug information there is, and the signs of files that
// need a closer look (Go's, the kernel's, separate debug files).
#include "elfscan.h"

// By their order in packages/core/src/bulk/layout.ts.
static const struct {
  const char *name;
  uint32_t length;
} forms[] = {
    {".zdebug_info", 12}, {".debug_info.dwo", 15}, {".debug_cu_index", 15},
    {".stab", 5},         {".ctf", 4},             {".BTF", 4},
    {".gnu_debugdata", 14}, {".gnu_debuglink", 14}, {".gnu_debugaltlink", 17},
    {".debug_info", 11},
};
enum { FORM_DEBUGLINK = 7, FORM_DWARF = 9, FORM_SYMTAB = 10, FORMS = 10, MOST_FORMS = 8 };
enum { DWARF64_ESCAPE = -1, UNIT_BYTES = 16, NEWEST_DWARF = 5 };
enum { DW_UT_SKELETON = 4 };

static bool is(const char *name, uint32_t length, const char *wanted, uint32_t wanted_bytes) {
  return length == wanted_bytes && equal(name, wanted, wanted_bytes);
}

// False for names of sections that say: this file is not for here.
static bool is_ordinary(const char *name, uint32_t length, uint32_t type) {
  if (length < 5) return true;
  if (equal(name, ".go.", 4) || equal(name, ".gopc", 5) || equal(name, ".gosy", 5)) return false;
  if (length >= 10 && equal(name + length - 10, ".gopclntab", 10)) return false;
  if (is(name, length, ".note.go.buildid", 16) || is(name, length, "__ksymtab", 9)) return false;
  // The kernel's, and what its units have left elsewhere.
  if (is(name, length, ".modinfo", 8) || is(name, length, ".debug_addr", 11)) return false;
  return type != SHT_NOBITS || (!is(name, length, ".text", 5) && !is(name, length, ".dynamic", 8));
}

static bool add_form(uint32_t form) {
  for (uint32_t i = 0; i < record.form_count; i++) {
    if (record.forms[i] == form) return true;
  }
  if (record.form_count == MOST_FORMS) return false;
  record.forms[record.form_count++] = form;
  return true;
}

static bool read_debug_link(const Section *section) {
  if (record.debug_link.at != 0) return true;
  if (section->size > DEBUG_LINK_BYTES) return false;
  const char *bytes = fetch(section->offset, section->size);
  if (bytes == NULL) return false;
  uint32_t length = 0;
  while (length < section->size && bytes[length] != 0) length++;
  uint32_t crc_at = (length + 4) & ~3u;
  if (length == 0 || crc_at + 4 > section->size || !is_ascii(bytes, length)) return false;
  record.debug_link = (Text){(uint32_t)(uintptr_t)bytes, length};
  record.debug_link_crc = *(const uint32_t *)(bytes + crc_at);
  return true;
}

// False where the units stand elsewhere, or packed: DWARF 5, section 7.5.1.
static bool is_plain_dwarf(const Section *section) {
  if ((section->flags & SHF_COMPRESSED) != 0) return false;
  if (section->size < UNIT_BYTES) return true;
  const uint8_t *unit = fetch(section->offset, UNIT_BYTES);
  if (unit == NULL || *(const int32_t *)unit == DWARF64_ESCAPE) return false;
  return unit[4] != NEWEST_DWARF || unit[5] != 0 || unit[6] != DW_UT_SKELETON;
}

static bool take_section(const File *file, const Section *section) {
  if (section->name >= file->section_names_bytes) return false;
  const char *name = file->section_names + section->name;
  uint32_t room = file->section_names_bytes - section->name, length = 0;
  while (length < room && name[length] != 0) length++;
  if (length == room || !is_ordinary(name, length, section->type)) return false;
  if (section->type == SHT_NOBITS) return true;
  if (section->type == SHT_SYMTAB) {
    record.stripped = 0;
    return add_form(FORM_SYMTAB);
  }
  if (length < 4 || name[0] != '.' || section->size == 0) return true;
  for (uint32_t i = 0; i < FORMS; i++) {
    if (!is(name, length, forms[i].name, forms[i].length)) continue;
    if (i == FORM_DWARF && !is_plain_dwarf(section)) return false;
    return add_form(i) && (i != FORM_DEBUGLINK || read_debug_link(section));
  }
  return true;
}

bool read_sections(File *file) {
  const Header *header = file->header;
  if (header->shnum < 2 || header->shnum > SECTIONS || header->shentsize != sizeof(Section)) {
    return false;
  }
  if (header->shstrndx == 0 || header->shstrndx >= header->shnum) return false;
  file->sections = fetch(header->shoff, (uint64_t)header->shnum * sizeof(Section));
  if (file->sections == NULL) return false;
  const Section *names = &file->sections[header->shstrndx];
  if (names->type == SHT_NOBITS || names->size > SECTION_NAMES_BYTES) return false;
  file->section_names = fetch(names->offset, names->size);
  if (file->section_names == NULL) return false;
  file->section_names_bytes = (uint32_t)names->size;
  record.stripped = 1;
  bool has_names = false;
  for (uint32_t i = 0; i < header->shnum; i++) {
    if (!take_section(file, &file->sections[i])) return false;
    has_names |= file->section_names[file->sections[i].name] != 0;
  }
  return has_names;
}
