// SPDX-License-Identifier: Apache-2.0
// What the parts of elfscan share: bytes of the file, the record that comes out, the structures of
// 64-bit ELF (gABI chapters 4 and 5). Numbers are little-endian, as WebAssembly's are.
#ifndef ELFSCAN_H
#define ELFSCAN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What the file may cost. Beyond any of these it is no ordinary file, and not ours.
#define POOL_BYTES 1048576     // All that is read of one file.
#define EXTENTS 48             // Reads of one file.
#define HEAD_BYTES 65536       // The first read, which brings all of most files.
#define PROGRAM_HEADERS 64
#define HEADERS_END 4096       // Program headers end before this.
#define SECTIONS 512
#define SECTION_NAMES_BYTES 16384
#define DYNAMIC_BYTES 16384
#define NEEDED 128
#define NAME_BYTES 4096        // One name, path, or list of paths.
#define STRINGS_BYTES 262144   // .dynstr that is read whole; of a larger one, what is asked for.
#define STRINGS_MOST 0x10000000
#define SHORT_NAME_BYTES 256   // Nearly all names end within.
#define WINDOW_BYTES 4096      // Of such a table, around one name of a symbol.
#define WINDOW_MARGIN 512
#define WINDOWS 32             // Kept at once.
#define WINDOW_READS 1024      // Of one file.
#define PRIVATE_STRINGS 524288 // As in packages/core: privateCanaryScanBytes.
#define SYMBOLS_BYTES 524288   // The part of .dynsym that is looked at.
#define VERSIONS 4096
#define NOTE_REGIONS 16
#define NOTE_REGION_BYTES 65536
#define NOTES 512
#define PROBES 128
#define PROBE_BYTES 4096       // As in packages/core: probeNoteBytes.
#define BUILD_ID_BYTES 256
#define DEBUG_LINK_BYTES 4096
#define GO_DATA_BYTES 4096     // As in packages/core: buildInfoScanNonGoBytes.
#define PACKER_BYTES 1024
#define CHAIN 65536

typedef struct {
  uint8_t ident[16];
  uint16_t type, machine;
  uint32_t version;
  uint64_t entry, phoff, shoff;
  uint32_t flags;
  uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
} Header;

typedef struct {
  uint32_t type, flags;
  uint64_t offset, vaddr, paddr, filesz, memsz, align;
} Segment;

typedef struct {
  uint32_t name, type;
  uint64_t flags, addr, offset, size;
  uint32_t link, info;
  uint64_t align, entsize;
} Section;

typedef struct {
  uint64_t tag, value;
} Dynamic;

typedef struct {
  uint32_t name;
  uint8_t info, other;
  uint16_t shndx;
  uint64_t value, size;
} Symbol;

typedef struct {
  uint64_t offset, size;
} Range;

// A string in this module's memory: `at` is 0 where there is none.
typedef struct {
  uint32_t at, length;
} Text;

// Read by packages/core/src/bulk/layout.ts, which knows the order.
typedef struct {
  uint32_t elf_type, machine, flags, osabi, abi_version, entry_low, entry_high;
  uint32_t kind, has_relro, stack_flags, writable_executable;
  uint32_t dynamic_flags, dynamic_flags1, has_bind_now, has_textrel, has_dynamic;
  uint32_t canary, fortify, stripped, feature_bits;
  uint32_t has_abi_tag, abi_tag[4];
  uint32_t debug_link_crc, form_count, forms[8];
  Text interpreter, soname, rpath, runpath, build_id, package, debug_link;
  Text first_version, first_library, highest_version;
  uint32_t needed_count, probe_count;
  Text needed[NEEDED];
  Text probes[PROBES];
} Record;

enum { KIND_EXEC, KIND_PIE, KIND_STATIC_PIE, KIND_SHARED, KIND_RELOCATABLE };
// Of canary and fortify, where no table of symbols tells.
enum { UNKNOWN = 2 };
enum { STACK_ABSENT = 0xffffffff };

// All of one file that the parts look at. Names are those of the dynamic tags.
typedef struct {
  const Header *header;
  const Segment *segments;
  const Section *sections;
  const char *section_names;
  uint32_t section_names_bytes;
  Range strings;
  const char *string_bytes;  // Null where the table is too large to be read whole.
  uint64_t symtab, gnu_hash, hash, verneed, verneednum;
  bool has_symtab, has_gnu_hash, has_hash, has_verneed, has_verneednum, has_interpreter;
} File;

extern Record record;

// Bytes of the file; null where they are not all in it, or reading them would be too much.
const void *fetch(uint64_t offset, uint64_t length);
uint64_t file_size(void);

static inline bool in_file(uint64_t offset, uint64_t length) {
  return offset <= file_size() && length <= file_size() - offset;
}

bool equal(const void *left, const void *right, size_t length);
// The file range behind an address, through the first PT_LOAD whose file part holds it.
bool locate(const File *file, uint64_t vaddr, Range *range);
// Bytes of .dynstr from `index` (inside it) on, at least SHORT_NAME_BYTES of them or up to its end;
// valid until the next call. Null where too much would have been read.
const char *name_at(const File *file, uint64_t index, uint64_t *room);
// Sixteen pages and more, for who is done with names.
uint8_t *scratch(uint32_t *length);
int32_t read_into(void *to, uint64_t offset, uint32_t length);
// A string of .dynstr: false unless it is plain ASCII and ends inside.
bool string_at(const File *file, uint64_t index, Text *text);
bool is_ascii(const char *text, uint32_t length);

bool read_dynamic(File *file);
bool read_versions(const File *file);
bool read_notes(const File *file);
bool read_sections(File *file);
bool read_symbols(const File *file);
bool read_symtab(const File *file);

static inline const Segment *segment_of(const File *file, uint32_t type) {
  for (uint32_t i = 0; i < file->header->phnum; i++) {
    if (file->segments[i].type == type) return &file->segments[i];
  }
  return NULL;
}

static inline const Section *section_of(const File *file, uint32_t type) {
  for (uint32_t i = 0; i < file->header->shnum; i++) {
    if (file->sections[i].type == type) return &file->sections[i];
  }
  return NULL;
}

enum {
  PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3, PT_NOTE = 4,
  PT_GNU_STACK = 0x6474e551, PT_GNU_RELRO = 0x6474e552,
};
enum { PF_X = 1, PF_W = 2 };
enum { SHT_SYMTAB = 2, SHT_STRTAB = 3, SHT_NOTE = 7, SHT_NOBITS = 8, SHT_DYNSYM = 11 };
enum { SHF_COMPRESSED = 0x800 };
enum { ET_REL = 1, ET_EXEC = 2, ET_DYN = 3 };
enum { EM_X86_64 = 62, EM_AARCH64 = 183 };

#endif
