// SPDX-License-Identifier: Apache-2.0
// Where the linker's build information stands (debug/buildinfo, cmd/link's Link.buildinfo): a
// 32-byte header at a multiple of 16, in a section of its own or near the start of the data.

import { PF, PT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import type { ProgramHeader } from '../elf/types.ts';
import { GO_LIMITS } from './limits.ts';
import { goBySectionNames } from './sectionNames.ts';

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
const ALIGN = 16;
export const BLOB_HEADER_BYTES = 32;

export interface BuildInfoBlob {
  readonly vaddr: bigint;
  readonly fileOffset: number;
  readonly header: Buffer;
  /** Which of the two places it was found in. */
  readonly evidence: '.go.buildinfo' | 'writable segment';
}

/** The first aligned blob of the place where Go looks; undefined when there is none. */
export function findBuildInfoBlob(elf: ElfFile): BuildInfoBlob | undefined {
  const section = elf.section('.go.buildinfo');
  if (section !== undefined) {
    const sizeBytes = Math.min(section.sizeBytes, GO_LIMITS.buildInfoScanBytes);
    const range = elf.vaddrToFileRange(section.addr);
    if (range === undefined) return undefined;
    const place = { ...range, vaddr: section.addr };
    return search(elf, place, Math.min(sizeBytes, range.sizeBytes), '.go.buildinfo');
  }
  return inData(elf);
}

/**
 * Go searches the first such segment only and so misses its own position-independent programs
 * once their section headers are gone: the relocated read-only data come first there.
 */
function inData(elf: ElfFile): BuildInfoBlob | undefined {
  const limit = scanLimit(elf);
  let budgetBytes = limit;
  for (const segment of elf.loads.filter(isData).slice(0, GO_LIMITS.segments)) {
    const sizeBytes = Math.min(segment.fileSizeBytes, budgetBytes);
    const blob = search(elf, segment, sizeBytes, 'writable segment');
    if (blob !== undefined) return blob;
    if (segment.fileSizeBytes > budgetBytes) return cutShort(elf, segment, limit);
    budgetBytes -= sizeBytes;
  }
  return undefined;
}

function cutShort(elf: ElfFile, segment: ProgramHeader, limit: number): undefined {
  // Of a program that other names show not to be Go's, the start is enough: no word about it.
  if (limit === GO_LIMITS.buildInfoScanNonGoBytes) return undefined;
  const message = `only the first ${limit} bytes of the data were searched`;
  elf.diagnostics.add('limit', 'Go build information', message, segment.fileOffset);
  return undefined;
}

function isData(segment: ProgramHeader): boolean {
  return segment.type === PT.LOAD && (segment.flags & (PF.X | PF.W)) === PF.W;
}

/** Where other names show that it is not Go's, a long search would be in vain. */
function scanLimit(elf: ElfFile): number {
  return goBySectionNames(elf) === 'other'
    ? GO_LIMITS.buildInfoScanNonGoBytes
    : GO_LIMITS.buildInfoScanBytes;
}

/** Alignment is one of addresses; pieces are aligned, so the magic never crosses between them. */
function search(
  elf: ElfFile,
  place: { readonly vaddr: bigint; readonly fileOffset: number },
  sizeBytes: number,
  evidence: BuildInfoBlob['evidence'],
): BuildInfoBlob | undefined {
  const skip = Number(-place.vaddr & BigInt(ALIGN - 1));
  for (let at = skip; at + BLOB_HEADER_BYTES <= sizeBytes; at += GO_LIMITS.scanPieceBytes) {
    const wanted = Math.min(GO_LIMITS.scanPieceBytes, sizeBytes - at);
    const piece = elf.source.read(place.fileOffset + at, wanted);
    const found = indexOfAligned(piece);
    if (found >= 0) {
      const fileOffset = place.fileOffset + at + found;
      const header = elf.source.read(fileOffset, BLOB_HEADER_BYTES);
      if (header.length < BLOB_HEADER_BYTES) return undefined;
      return { vaddr: place.vaddr + BigInt(at + found), fileOffset, header, evidence };
    }
    if (piece.length < wanted) return undefined;
  }
  return undefined;
}

function indexOfAligned(piece: Buffer): number {
  let found = piece.indexOf(MAGIC);
  while (found >= 0 && found % ALIGN !== 0) found = piece.indexOf(MAGIC, found + 1);
  return found;
}
