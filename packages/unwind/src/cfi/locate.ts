// SPDX-License-Identifier: Apache-2.0
// Where a file's call frame information is: by section names, else through PT_GNU_EH_FRAME.
import { type ElfFile, type FileRange, PT, readSectionData, SHT } from '@otelkit/core';
import { readRange } from '../build/readRange.ts';
import { UNWIND_LIMITS } from '../limits.ts';
import { ByteReader } from './byteReader.ts';
import type { FrameSectionInput } from './frameSection.ts';
import { DW_EH_PE, readEncodedPointer, readEncodedValue } from './pointerEncoding.ts';

export interface LocatedFrames extends FrameSectionInput {
  /** Places of the FDEs in `bytes`, where only .eh_frame_hdr tells them. */
  readonly entries: Uint32Array | undefined;
  /** The section's size is not known: a terminator ends it. */
  readonly stopsAtTerminator: boolean;
}

/** .eh_frame, by its section or by .eh_frame_hdr. */
export function locateEhFrame(elf: ElfFile): LocatedFrames | undefined {
  const section = elf.section('.eh_frame');
  if (section !== undefined && section.type !== SHT.NOBITS) {
    const bytes = readSectionData(elf, section, UNWIND_LIMITS.frameSectionBytes);
    if (bytes !== undefined && bytes.length > 0) {
      return {
        bytes,
        name: '.eh_frame',
        isEhFrame: true,
        fileOffset: section.fileOffset,
        bases: { section: Number(section.addr), data: Number.NaN },
        entries: undefined,
        stopsAtTerminator: false,
      };
    }
  }
  return byHeader(elf);
}

/** .debug_frame, also compressed; its addresses are absolute. */
export function locateDebugFrame(elf: ElfFile): LocatedFrames | undefined {
  const section = elf.section('.debug_frame') ?? elf.section('.zdebug_frame');
  if (section === undefined) return undefined;
  const bytes = readSectionData(elf, section, UNWIND_LIMITS.frameSectionBytes);
  if (bytes === undefined || bytes.length === 0) return undefined;
  return {
    bytes,
    name: section.name,
    isEhFrame: false,
    fileOffset: bytes.length === section.sizeBytes ? section.fileOffset : undefined,
    bases: { section: 0, data: Number.NaN },
    entries: undefined,
    stopsAtTerminator: false,
  };
}

/** LSB, "The .eh_frame_hdr section": a pointer to .eh_frame and a sorted table of its FDEs. */
function byHeader(elf: ElfFile): LocatedFrames | undefined {
  const segment = elf.segments(PT.GNU_EH_FRAME)[0];
  if (segment === undefined) return undefined;
  const vaddr = Number(segment.vaddr);
  const range = elf.vaddrToFileRange(segment.vaddr);
  if (range === undefined) return undefined;
  const size = Math.min(range.sizeBytes, segment.memSizeBytes, UNWIND_LIMITS.frameSectionBytes);
  const header = readRange(elf.source, range.fileOffset, size);
  const reader = new ByteReader(header);
  const version = reader.u8();
  const [frameEncoding, countEncoding, tableEncoding] = [reader.u8(), reader.u8(), reader.u8()];
  const bases = { section: vaddr, data: vaddr };
  const frameVaddr = readEncodedPointer(reader, frameEncoding, bases);
  const frameRange = frameAt(elf, frameVaddr);
  if (version !== 1 || reader.isCut || frameRange === undefined) {
    const what = `version ${version}, .eh_frame at ${frameVaddr}: no call frame information is read`;
    elf.diagnostics.add('bad-value', 'PT_GNU_EH_FRAME', what, range.fileOffset);
    return undefined;
  }
  const frameBytes = Math.min(frameRange.sizeBytes, UNWIND_LIMITS.frameSectionBytes);
  const entries = readTable(reader, countEncoding, tableEncoding, bases, frameVaddr);
  return {
    bytes: readRange(elf.source, frameRange.fileOffset, frameBytes),
    name: '.eh_frame',
    isEhFrame: true,
    fileOffset: frameRange.fileOffset,
    bases: { section: frameVaddr, data: vaddr },
    entries,
    stopsAtTerminator: true,
  };
}

function frameAt(elf: ElfFile, vaddr: number): FileRange | undefined {
  return Number.isSafeInteger(vaddr) && vaddr > 0 ? elf.vaddrToFileRange(BigInt(vaddr)) : undefined;
}

/** Offsets of the FDEs in .eh_frame; undefined where the table is absent or cut short. */
function readTable(
  reader: ByteReader,
  countEncoding: number,
  tableEncoding: number,
  bases: { readonly section: number; readonly data: number },
  frameVaddr: number,
): Uint32Array | undefined {
  if (countEncoding === DW_EH_PE.OMIT || tableEncoding === DW_EH_PE.OMIT) return undefined;
  const count = readEncodedValue(reader, countEncoding);
  const room = (reader.end - reader.at) / 4;
  if (!(count > 0 && count <= room && count <= UNWIND_LIMITS.ranges)) return undefined;
  const entries = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    readEncodedPointer(reader, tableEncoding, bases);
    const offset = readEncodedPointer(reader, tableEncoding, bases) - frameVaddr;
    if (reader.isCut || !(offset >= 0 && offset <= UNWIND_LIMITS.frameSectionBytes)) {
      return undefined;
    }
    entries[i] = offset;
  }
  return entries;
}
