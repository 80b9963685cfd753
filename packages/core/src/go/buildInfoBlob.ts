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
    return search(elf, section.addr, sizeBytes, '.go.buildinfo');
  }
  const segment = elf.loads.find(isData);
  if (segment === undefined) return undefined;
  const limit = scanLimit(elf);
  const blob = search(
    elf,
    segment.vaddr,
    Math.min(segment.fileSizeBytes, limit),
    'writable segment',
  );
  const isCut = segment.fileSizeBytes > limit && limit === GO_LIMITS.buildInfoScanBytes;
  if (blob === undefined && isCut) {
    elf.diagnostics.add(
      'limit',
      'Go build information',
      `only the first ${limit} of ${segment.fileSizeBytes} bytes of the data were searched`,
      segment.fileOffset,
    );
  }
  return blob;
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

function search(
  elf: ElfFile,
  startVaddr: bigint,
  sizeBytes: number,
  evidence: BuildInfoBlob['evidence'],
): BuildInfoBlob | undefined {
  const skip = Number(-startVaddr & BigInt(ALIGN - 1));
  for (let at = skip; at + BLOB_HEADER_BYTES <= sizeBytes; at += GO_LIMITS.scanPieceBytes) {
    const vaddr = startVaddr + BigInt(at);
    const range = elf.vaddrToFileRange(vaddr);
    if (range === undefined) return undefined;
    // Aligned pieces: the magic cannot cross from one into the next.
    const wanted = Math.min(GO_LIMITS.scanPieceBytes, range.sizeBytes, sizeBytes - at);
    const piece = elf.source.read(range.fileOffset, wanted);
    const found = indexOfAligned(piece);
    if (found >= 0) {
      const fileOffset = range.fileOffset + found;
      const header = elf.source.read(fileOffset, BLOB_HEADER_BYTES);
      if (header.length < BLOB_HEADER_BYTES) return undefined;
      return { vaddr: vaddr + BigInt(found), fileOffset, header, evidence };
    }
    if (piece.length < wanted || wanted < GO_LIMITS.scanPieceBytes) return undefined;
  }
  return undefined;
}

function indexOfAligned(piece: Buffer): number {
  let found = piece.indexOf(MAGIC);
  while (found >= 0 && found % ALIGN !== 0) found = piece.indexOf(MAGIC, found + 1);
  return found;
}
