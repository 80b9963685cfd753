// SPDX-License-Identifier: Apache-2.0
// A name in .symtab without walking its symbols: the bytes of .strtab are searched first, and only
// a hit is verified against the entries (a string can be the tail of another, or of nothing).
import type { ElfFile } from '../elf/elfFile.ts';
import type { FileRange } from '../elf/types.ts';
import { LIMITS } from '../limits.ts';
import { CANARY_NAMES } from './factNames.ts';
import { SYMBOL_LAYOUT } from './layout.ts';

const STEM = Buffer.from('__stack_chk_');
const ENDINGS: readonly Buffer[] = CANARY_NAMES.map((name) => Buffer.from(name.slice(STEM.length)));
const LONGEST = Math.max(...CANARY_NAMES.map((name) => name.length)) + 1;
const MOST_CANDIDATES = 4096;
const AT = 0x40;

/**
 * True when a symbol bears one of the canary names, null when the budget ended the search first
 * (noted as a diagnostic).
 */
export function hasCanaryInSymtab(
  elf: ElfFile,
  symtab: FileRange,
  strings: FileRange,
  budgetBytes: number,
): boolean | null {
  const candidates = new Set<number>();
  const size = Math.min(strings.sizeBytes, budgetBytes);
  for (let from = 0; from < size && candidates.size < MOST_CANDIDATES; ) {
    const wanted = Math.min(LIMITS.bulkReadBytes, size - from);
    const bytes = elf.source.read(strings.fileOffset + from, wanted);
    collectCandidates(bytes, from, candidates);
    if (bytes.length < wanted || from + wanted >= size) break;
    from += wanted - LONGEST;
  }
  if (candidates.size > 0 && isUsed(elf, symtab, candidates)) return true;
  if (size >= strings.sizeBytes && candidates.size < MOST_CANDIDATES) return false;
  elf.diagnostics.add(
    'limit',
    '.strtab',
    `${strings.sizeBytes} bytes; the stack protector was searched in the first ${size}`,
    strings.fileOffset,
  );
  return null;
}

function collectCandidates(bytes: Buffer, from: number, candidates: Set<number>): void {
  let at = bytes.indexOf(STEM);
  while (at >= 0 && candidates.size < MOST_CANDIDATES) {
    for (const ending of ENDINGS) {
      const start = at + STEM.length;
      const end = start + ending.length;
      const isWhole = bytes[end] === 0 || bytes[end] === AT;
      if (isWhole && ending.compare(bytes, start, end) === 0) candidates.add(from + at);
    }
    at = bytes.indexOf(STEM, at + 1);
  }
}

function isUsed(elf: ElfFile, symtab: FileRange, nameOffsets: ReadonlySet<number>): boolean {
  const { entryBytes } = SYMBOL_LAYOUT[elf.header.class];
  const only = nameOffsets.size === 1 ? [...nameOffsets][0]! : -1;
  const count = Math.min(Math.floor(symtab.sizeBytes / entryBytes), LIMITS.symbols);
  const batch = Math.floor(LIMITS.bulkReadBytes / entryBytes);
  for (let first = 0; first < count; first += batch) {
    const wanted = Math.min(batch, count - first);
    const bytes = elf.source.read(symtab.fileOffset + first * entryBytes, wanted * entryBytes);
    for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes) {
      const offset = elf.endian.u32(bytes, at);
      if (only >= 0 ? offset === only : nameOffsets.has(offset)) return true;
    }
    if (bytes.length < wanted * entryBytes) break;
  }
  return false;
}
