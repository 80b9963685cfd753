// SPDX-License-Identifier: Apache-2.0
// Finds functions by name in the pclntab: one pass over its names and one over its functions, each
// read as a whole, since thousands of functions would be thousands of reads.
import {
  type ElfFile,
  GO_FUNC,
  type GoPclntab,
  type PclntabHeader,
  readWhole,
} from '@otelkit/core';
import { ANALYZE_LIMITS } from './limits.ts';
import type { NameSet } from './names.ts';
import type { FunctionPlace } from './types.ts';

export interface FunctionNames {
  /** Names from the table whose `prefixes` were asked for. */
  readonly places: ReadonlyMap<string, FunctionPlace>;
  readonly table: NameTable;
}

/** The names of all functions as one block: each ends with a zero byte. */
export class NameTable {
  readonly bytes: Buffer;

  constructor(elf: ElfFile, header: PclntabHeader) {
    const sizeBytes = Math.min(header.names.sizeBytes, ANALYZE_LIMITS.nameTableBytes);
    this.bytes = readWhole(elf.source, header.fileOffset + header.names.at, sizeBytes);
  }

  /** Whether the name of any function starts like this; vendored ones count. */
  hasPrefix(prefix: string): boolean {
    return this.bytes.includes(`\0${prefix}`) || this.bytes.includes(`/vendor/${prefix}`);
  }

  /** Places of wanted names in the table. A plain name comes before a vendored one. */
  find(wanted: NameSet): Map<number, { name: string; linkName: string }> {
    const found = new Map<number, { name: string; linkName: string }>();
    const { bytes } = this;
    const mayBeVendored = bytes.includes('/vendor/');
    for (let at = 0; at < bytes.length; ) {
      const zero = bytes.indexOf(0, at);
      const end = zero < 0 ? bytes.length : zero;
      const length = end - at;
      if (wanted.lengths.has(length) || (mayBeVendored && length > VENDORED_BYTES)) {
        const linkName = bytes.toString('utf8', at, Math.min(end, at + ANALYZE_LIMITS.nameBytes));
        const name = wanted.wanted(linkName);
        if (name !== undefined) found.set(at, { name, linkName });
      }
      at = end + 1;
    }
    return found;
  }
}

/** `a/vendor/b.c` is the shortest name of a vendored function. */
const VENDORED_BYTES = 11;

/** The wanted functions that are in the program; none where no text start is known. */
export function findFunctions(
  elf: ElfFile,
  pclntab: GoPclntab,
  names: NameTable,
  wanted: NameSet,
): Map<string, FunctionPlace> {
  const byOffset = names.find(wanted);
  const places = new Map<string, FunctionPlace>();
  const { header, funcOffsets } = pclntab;
  const sizeBytes = Math.min(header.functions.sizeBytes, ANALYZE_LIMITS.functionTableBytes);
  const bytes = readWhole(elf.source, header.fileOffset + header.functions.at, sizeBytes);
  const entryBytes = header.layout.isTextRelative ? 4 : header.pointerBytes;
  const nameAt = entryBytes + GO_FUNC.nameOffset;
  for (let i = 0; i < funcOffsets.length; i++) {
    const at = funcOffsets[i]! + nameAt;
    if (at + 4 > bytes.length) continue;
    const found = byOffset.get(elf.endian.u32(bytes, at));
    if (found === undefined) continue;
    const place = placeOf(elf, pclntab, i, found);
    const known = places.get(found.name);
    const isBetter = known === undefined || found.linkName === found.name;
    if (place !== undefined && isBetter) places.set(found.name, place);
  }
  return places;
}

function placeOf(
  elf: ElfFile,
  pclntab: GoPclntab,
  index: number,
  { name, linkName }: { name: string; linkName: string },
): FunctionPlace | undefined {
  const vaddr = pclntab.entryVaddr(index);
  const range = vaddr === undefined ? undefined : elf.vaddrToFileRange(vaddr);
  if (vaddr === undefined || range === undefined) return undefined;
  const sizeBytes = Math.min(pclntab.functionSizeBytes(index), range.sizeBytes);
  return { name, linkName, vaddr: Number(vaddr), fileOffset: range.fileOffset, sizeBytes };
}
