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
    const longest = bytes.includes('/vendor/') ? VENDORED_BYTES : Number.POSITIVE_INFINITY;
    const places = placesOfLengths(bytes, wanted.lengths, longest);
    for (let i = 0; i < places.length; i += 2) {
      const [at, end] = [places[i]!, places[i + 1]!];
      const linkName = bytes.toString('utf8', at, Math.min(end, at + ANALYZE_LIMITS.nameBytes));
      const name = wanted.wanted(linkName);
      if (name !== undefined) found.set(at, { name, linkName });
    }
    return found;
  }
}

/** Start and end of every name that is of one of these lengths, or of `longest` bytes and more. */
function placesOfLengths(
  bytes: Uint8Array,
  lengths: ReadonlySet<number>,
  longest: number,
): number[] {
  const isWanted = new Uint8Array(LONGEST_FILTERED);
  for (const length of lengths) if (length < LONGEST_FILTERED) isWanted[length] = 1;
  const places: number[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== 0) continue;
    const length = at - start;
    const isLong = length >= LONGEST_FILTERED || length >= longest;
    if (isLong || isWanted[length] === 1) places.push(start, at);
    start = at + 1;
  }
  return places;
}

/** Names that are longer are few, and each is looked at. */
const LONGEST_FILTERED = 256;

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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isLittle = elf.endian.name === 'LE';
  const last = bytes.length - 4;
  for (let i = 0; i < funcOffsets.length; i++) {
    const at = funcOffsets[i]! + nameAt;
    if (at > last) continue;
    const found = byOffset.get(view.getUint32(at, isLittle));
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
