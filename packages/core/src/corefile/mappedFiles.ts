// SPDX-License-Identifier: Apache-2.0
// NT_FILE (kernel: fs/binfmt_elf.c, fill_files_note): a count and a page size, then start, end and
// offset in pages of each mapping, then as many names.
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { type Note, noteBytes } from '../elf/notes.ts';
import { LIMITS } from '../limits.ts';

/** One mapping of a file. `end` is exclusive; `fileOffset` in bytes. */
export interface CoreMappedFile {
  readonly start: bigint;
  readonly end: bigint;
  readonly fileOffset: bigint;
  readonly path: string;
}

export interface CoreMappedFiles {
  readonly files: readonly CoreMappedFile[];
  readonly pageSizeBytes: number | undefined;
}

/** Reads the note; what it cuts short is left out and noted. */
export function readMappedFiles(elf: ElfFile, note: Note | undefined): CoreMappedFiles {
  if (note === undefined) return { files: [], pageSizeBytes: undefined };
  const wordBytes = elf.header.class / 8;
  const bytes = noteBytes(elf, note, LIMITS.coreNoteBytes);
  const word = (at: number): bigint =>
    wordBytes === 8 ? elf.endian.u64(bytes, at) : BigInt(elf.endian.u32(bytes, at));
  if (bytes.length < 2 * wordBytes) return { files: [], pageSizeBytes: undefined };
  const declared = word(0);
  const pageSize = word(wordBytes);
  const room = Math.floor((bytes.length - 2 * wordBytes) / (3 * wordBytes + 1));
  const most = Math.min(room, LIMITS.coreMappedFiles);
  const count = declared > BigInt(most) ? most : Number(declared);
  if (BigInt(count) < declared) {
    const message = `${declared} mappings are declared, ${count} could be read`;
    elf.diagnostics.add('out-of-range', 'NT_FILE', message, note.fileOffset);
  }
  const files: CoreMappedFile[] = [];
  let nameAt = (2 + 3 * Number(declared)) * wordBytes;
  for (let i = 0; i < count; i++) {
    const at = (2 + 3 * i) * wordBytes;
    const end = nameAt < bytes.length ? bytes.indexOf(0, nameAt) : -1;
    if (end < 0) {
      elf.diagnostics.add('truncated', 'NT_FILE', `ends before name ${i}`, note.fileOffset);
      break;
    }
    files.push({
      start: word(at),
      end: word(at + wordBytes),
      fileOffset: word(at + 2 * wordBytes) * pageSize,
      path: decodeBytes(bytes.subarray(nameAt, end)),
    });
    nameAt = end + 1;
  }
  return { files, pageSizeBytes: Number(pageSize) };
}
