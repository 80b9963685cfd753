// SPDX-License-Identifier: Apache-2.0
import { hex } from '../bytes/hex.ts';
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import { PT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { LIMITS } from '../limits.ts';

/** PATH_MAX; more is read only of what does not end there. */
const USUAL_BYTES = 4_096;

// A report and a resolver both ask; damage must be told once.
const alreadyRead = new WeakMap<ElfFile, { readonly text: string | undefined }>();

/**
 * The program interpreter (gABI chapter 5): the text of the first PT_INTERP, which is the one the
 * kernel takes. Undefined when there is none, or its bytes are not all in the file (a separate
 * debug file keeps the header and drops the bytes).
 */
export function readInterpreter(elf: ElfFile): string | undefined {
  let known = alreadyRead.get(elf);
  if (known === undefined) {
    known = { text: readText(elf) };
    alreadyRead.set(elf, known);
  }
  return known.text;
}

function readText(elf: ElfFile): string | undefined {
  for (const segment of elf.programHeaders) {
    if (segment.type !== PT.INTERP) continue;
    const wanted = Math.min(segment.fileSizeBytes, LIMITS.interpreterBytes);
    const available = Math.min(wanted, Math.max(0, elf.source.sizeBytes - segment.fileOffset));
    if (available < segment.fileSizeBytes) {
      elf.diagnostics.add(
        available < wanted ? 'truncated' : 'limit',
        'PT_INTERP',
        `${hex(segment.fileSizeBytes)} bytes at ${hex(segment.fileOffset)}; ` +
          `${hex(available)} were read`,
        segment.fileOffset,
      );
    }
    let bytes = elf.source.read(segment.fileOffset, Math.min(available, USUAL_BYTES));
    let end = bytes.indexOf(0);
    if (end < 0 && available > bytes.length) {
      bytes = elf.source.read(segment.fileOffset, available);
      end = bytes.indexOf(0);
    }
    // Half a path names another file, or none: no answer is better than that one.
    if (end < 0 && bytes.length < wanted) return undefined;
    if (end < 0 && bytes.length > 0) {
      elf.diagnostics.add(
        'bad-value',
        'PT_INTERP',
        'is not terminated by a zero byte; the kernel refuses to start such a file',
        segment.fileOffset,
      );
    }
    return decodeBytes(end < 0 ? bytes : bytes.subarray(0, end)) || undefined;
  }
  return undefined;
}
