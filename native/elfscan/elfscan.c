// SPDX-License-Identifier: Apache-2.0
// What an inventory says of an ordinary 64-bit little-endian program or library, into one record.
// Whatever is unusual or damaged makes it answer "not mine": packages/core has the reader that
// takes everything and says what is wrong, and this must never differ from it. See README.md.
#include "elfscan.h"

Record record;
void begin_file(uint64_t size_bytes, uint32_t head_bytes);

enum { NOT_MINE, DONE, NOT_ELF };
#define MODULE_PARTS 1
#define MAGIC "\x7f" "ELF"

static void clear_record(void) {
  // The lists at its end are as long as their counts say.
  uint32_t *words = (uint32_t *)&record;
  for (size_t i = 0; i < offsetof(Record, needed) / 4; i++) words[i] = 0;
}

static bool read_headers(File *file) {
  const Header *header = fetch(0, sizeof(Header));
  if (header == NULL) return false;
  file->header = header;
  // ELFCLASS64, ELFDATA2LSB
  if (header->ident[4] != 2 || header->ident[5] != 1) return false;
  if (header->machine != EM_X86_64 && header->machine != EM_AARCH64) return false;
  // Sections by extended numbering, or none: not here. read_sections() looks at the rest.
  if (header->shoff == 0 || header->shnum == 0 || header->shstrndx == 0xffff) return false;
  if (header->type == ET_REL) return header->phnum == 0;
  if (header->type != ET_EXEC && header->type != ET_DYN) return false;
  if (header->phentsize != sizeof(Segment) || header->phoff == 0) return false;
  if (header->phnum == 0 || header->phnum > PROGRAM_HEADERS || header->phoff > HEADERS_END) {
    return false;
  }
  uint64_t bytes = (uint64_t)header->phnum * sizeof(Segment);
  if (header->phoff + bytes > HEADERS_END) return false;
  file->segments = fetch(header->phoff, bytes);
  return file->segments != NULL;
}

static void note_header(const Header *header) {
  record.elf_type = header->type;
  record.machine = header->machine;
  record.flags = header->flags;
  record.osabi = header->ident[7];
  record.abi_version = header->ident[8];
  record.entry_low = (uint32_t)header->entry;
  record.entry_high = (uint32_t)(header->entry >> 32);
}

static bool read_interpreter(File *file, const Segment *segment) {
  if (file->has_interpreter || segment->filesz == 0 || segment->filesz > NAME_BYTES) return false;
  const char *text = fetch(segment->offset, segment->filesz);
  if (text == NULL) return false;
  uint32_t length = 0;
  while (length < segment->filesz && text[length] != 0) length++;
  if (length == 0 || length == segment->filesz || !is_ascii(text, length)) return false;
  file->has_interpreter = true;
  record.interpreter = (Text){(uint32_t)(uintptr_t)text, length};
  return true;
}

static bool read_segments(File *file) {
  record.stack_flags = STACK_ABSENT;
  for (uint32_t i = 0; i < file->header->phnum; i++) {
    const Segment *segment = &file->segments[i];
    switch (segment->type) {
      case PT_LOAD:
        if (!in_file(segment->offset, segment->filesz)) return false;
        record.writable_executable += (segment->flags & PF_W) && (segment->flags & PF_X);
        break;
      case PT_INTERP:
        if (!read_interpreter(file, segment)) return false;
        break;
      case PT_GNU_STACK:
        if (record.stack_flags == STACK_ABSENT) record.stack_flags = segment->flags & 7;
        break;
      case PT_GNU_RELRO:
        record.has_relro = 1;
        break;
      default:
        break;
    }
  }
  return true;
}

// A library cannot do without a dynamic array; what says otherwise is damaged.
static bool is_linked(const File *file) {
  return file->header->type == ET_DYN || segment_of(file, PT_DYNAMIC) != NULL;
}

// Object files and programs linked statically.
static bool read_static(const File *file) {
  bool is_object = file->header->type == ET_REL;
  record.kind = is_object ? KIND_RELOCATABLE : KIND_EXEC;
  return read_symtab(file);
}

// UPX puts its signature right behind the program headers.
static bool is_unpacked(const File *file) {
  const Header *header = file->header;
  if (header->phnum == 0 || header->phnum > 16) return true;
  uint64_t from = header->phoff + (uint64_t)header->phnum * sizeof(Segment);
  uint64_t room = file_size() - from;
  if (room > PACKER_BYTES) room = PACKER_BYTES;
  const char *bytes = fetch(from, room);
  if (bytes == NULL) return false;
  for (uint64_t i = 0; i + 4 <= room; i++) {
    if (bytes[i] == 'U' && equal(bytes + i, "UPX!", 4)) return false;
  }
  return true;
}

// Go's build information stands near the start of the data, sections or not.
static bool is_no_go(const File *file) {
  uint64_t budget = GO_DATA_BYTES;
  for (uint32_t i = 0; i < file->header->phnum; i++) {
    const Segment *segment = &file->segments[i];
    if (segment->type != PT_LOAD || (segment->flags & (PF_X | PF_W)) != PF_W) continue;
    uint64_t size = segment->filesz < budget ? segment->filesz : budget;
    const uint8_t *bytes = fetch(segment->offset, size);
    if (bytes == NULL) return false;
    for (uint64_t at = -segment->vaddr & 15; at + 14 <= size; at += 16) {
      if (bytes[at] == 0xff && equal(bytes + at, "\xff Go buildinf:", 14)) return false;
    }
    if (segment->filesz > budget) break;
    budget -= size;
  }
  return true;
}

// Parses a file of `size` bytes whose first `head_bytes` stand at head(). `parts` is 0 for what
// a loader needs to know, 1 for everything.
__attribute__((export_name("scan"))) int scan_file(double size, uint32_t head_bytes, int parts) {
  begin_file((uint64_t)size, head_bytes);
  const char *magic = fetch(0, 4);
  if (magic == NULL || !equal(magic, MAGIC, 4)) return NOT_ELF;
  clear_record();
  File file = {0};
  if (!read_headers(&file) || !read_segments(&file)) return NOT_MINE;
  note_header(file.header);
  if (parts != MODULE_PARTS) return read_dynamic(&file) ? DONE : NOT_MINE;
  if (!is_no_go(&file) || !read_sections(&file)) return NOT_MINE;
  if (is_linked(&file)) {
    if (!read_dynamic(&file) || !read_versions(&file) || !read_symbols(&file)) return NOT_MINE;
  } else if (!read_static(&file)) return NOT_MINE;
  if (!read_notes(&file)) return NOT_MINE;
  return is_unpacked(&file) ? DONE : NOT_MINE;
}

#define EDGE_BYTES 4096

// Puts together what the file ID is the hash of (packages/core/src/ids/fileId.ts): both ends of the
// file and its size. Null where the end cannot be read.
__attribute__((export_name("edges"))) const uint8_t *file_edges(void) {
  static uint8_t edges[2 * EDGE_BYTES + 8];
  uint64_t size = file_size(), edge = size < EDGE_BYTES ? size : EDGE_BYTES;
  const void *head = fetch(0, edge), *tail = fetch(size - edge, edge);
  if (head == NULL || tail == NULL) return NULL;
  __builtin_memcpy(edges, head, edge);
  __builtin_memcpy(edges + edge, tail, edge);
  for (int i = 0; i < 8; i++) edges[2 * edge + i] = (uint8_t)(size >> (56 - 8 * i));
  return edges;
}

__attribute__((export_name("record"))) Record *record_address(void) { return &record; }
