// SPDX-License-Identifier: Apache-2.0
// The bytes of one file, read on demand through the host, and strings in them.
#include "elfscan.h"

// pread(2) of the open file into this module's memory; how many bytes came, or less than 0.
__attribute__((import_module("host"), import_name("read"))) int32_t host_read(
    void *to, uint32_t length, double offset);

#define PAGE 4096
#define LEAST_READ 8192

static uint8_t pool[POOL_BYTES] __attribute__((aligned(16)));
static uint32_t used;
static uint64_t size;
static struct {
  uint64_t start, end;
  uint8_t *bytes;
} extents[EXTENTS];
static uint32_t extent_count;

// Of large string tables: WINDOW_BYTES from a multiple of that on, and a margin.
#define WHOLE_WINDOW (WINDOW_BYTES + WINDOW_MARGIN)
static uint8_t windows[WINDOWS * WHOLE_WINDOW] __attribute__((aligned(16)));
static struct {
  uint64_t start;
  uint32_t length;  // 0 where it holds nothing.
} window_of[WINDOWS];
static uint32_t window_reads;

// Where the host puts the first HEAD_BYTES of a file before it calls scan().
__attribute__((export_name("head"))) uint8_t *head_address(void) { return pool; }

uint64_t file_size(void) { return size; }

void begin_file(uint64_t size_bytes, uint32_t head_bytes) {
  size = size_bytes;
  used = (head_bytes + 15) & ~15u;
  extent_count = 1;
  extents[0].start = 0;
  extents[0].end = head_bytes;
  extents[0].bytes = pool;
  // Those of the file before.
  for (uint32_t i = 0; window_reads != 0 && i < WINDOWS; i++) window_of[i].length = 0;
  window_reads = 0;
}

int32_t read_into(void *to, uint64_t offset, uint32_t length) {
  return host_read(to, length, (double)offset);
}

uint8_t *scratch(uint32_t *length) {
  window_reads = 1;
  *length = sizeof(windows);
  return windows;
}

const char *name_at(const File *file, uint64_t index, uint64_t *room) {
  if (file->string_bytes != NULL) {
    *room = file->strings.size - index;
    return file->string_bytes + index;
  }
  uint64_t start = index & ~(uint64_t)(WINDOW_BYTES - 1);
  uint32_t slot = (uint32_t)(start / WINDOW_BYTES) % WINDOWS;
  uint8_t *bytes = windows + slot * WHOLE_WINDOW;
  if (window_of[slot].length == 0 || window_of[slot].start != start) {
    if (++window_reads > WINDOW_READS) return NULL;
    uint64_t left = file->strings.size - start;
    uint32_t wanted = left < WHOLE_WINDOW ? (uint32_t)left : WHOLE_WINDOW;
    window_of[slot].length = 0;
    if (read_into(bytes, file->strings.offset + start, wanted) != (int32_t)wanted) return NULL;
    window_of[slot].start = start;
    window_of[slot].length = wanted;
  }
  *room = window_of[slot].length - (index - start);
  return (const char *)bytes + (index - start);
}

const void *fetch(uint64_t offset, uint64_t length) {
  if (!in_file(offset, length)) return NULL;
  for (uint32_t i = 0; i < extent_count; i++) {
    bool holds = offset >= extents[i].start && offset + length <= extents[i].end;
    if (holds) return extents[i].bytes + (offset - extents[i].start);
  }
  uint64_t start = offset & ~(uint64_t)(PAGE - 1);
  uint64_t end = (offset + length + PAGE - 1) & ~(uint64_t)(PAGE - 1);
  if (end - start < LEAST_READ) end = start + LEAST_READ;
  if (end > size) end = size;
  uint64_t wanted = end - start;
  if (extent_count == EXTENTS || wanted > POOL_BYTES - used) return NULL;
  uint8_t *to = pool + used;
  if (host_read(to, (uint32_t)wanted, (double)start) != (int32_t)wanted) return NULL;
  extents[extent_count].start = start;
  extents[extent_count].end = end;
  extents[extent_count++].bytes = to;
  used = (used + (uint32_t)wanted + 15) & ~15u;
  return to + (offset - start);
}

bool equal(const void *left, const void *right, size_t length) {
  const uint8_t *a = left, *b = right;
  for (size_t i = 0; i < length; i++) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

bool is_ascii(const char *text, uint32_t length) {
  uint8_t all = 0;
  for (uint32_t i = 0; i < length; i++) all |= (uint8_t)text[i];
  return all < 0x80;
}

bool string_at(const File *file, uint64_t index, Text *text) {
  if (index >= file->strings.size) return false;
  uint64_t room = file->strings.size - index;
  if (room > NAME_BYTES) room = NAME_BYTES;
  const char *start = file->string_bytes + index;
  if (file->string_bytes == NULL) {
    if (room > SHORT_NAME_BYTES) room = SHORT_NAME_BYTES;
    start = fetch(file->strings.offset + index, room);
    if (start == NULL) return false;
  }
  uint32_t length = 0;
  while (length < room && start[length] != 0) length++;
  if (length == room || !is_ascii(start, length)) return false;
  text->at = (uint32_t)(uintptr_t)start;
  text->length = length;
  return true;
}

bool locate(const File *file, uint64_t vaddr, Range *range) {
  for (uint32_t i = 0; i < file->header->phnum; i++) {
    const Segment *load = &file->segments[i];
    if (load->type != PT_LOAD || vaddr < load->vaddr) continue;
    uint64_t distance = vaddr - load->vaddr;
    if (distance >= load->filesz) continue;
    range->offset = load->offset + distance;
    range->size = load->filesz - distance;
    return true;
  }
  return false;
}
