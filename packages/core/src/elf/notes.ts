// SPDX-License-Identifier: Apache-2.0
// Notes (gABI chapter 5, "Note Section"; 8-byte alignment as binutils and glibc read it). PT_NOTE
// first; SHT_NOTE sections add what no segment covers (object files, separate debug files).
import { hex } from '../bytes/hex.ts';
import { decodeRange } from '../bytes/surrogateEscape.ts';
import { LIMITS } from '../limits.ts';
import { PT, SHT } from './constants.ts';
import type { ElfFile } from './elfFile.ts';

/** One note. Its description stays in the file: `fileOffset` and `sizeBytes` say where. */
export interface Note {
  /** Owner without its final NUL: `GNU`, `Go`, `FDO`, `stapsdt`, `CORE`, … */
  readonly name: string;
  readonly type: number;
  readonly fileOffset: number;
  readonly sizeBytes: number;
}

interface NoteRegion {
  readonly field: string;
  readonly fileOffset: number;
  readonly sizeBytes: number;
  readonly align: number;
}

const NOTE_HEADER_BYTES = 12;
/** Header and a short owner: `stapsdt` with its zero byte has 8 bytes. */
const HEAD_BYTES = NOTE_HEADER_BYTES + 20;
const LONGEST_NAME_BYTES = 4096;
/** One read for all notes of most files. */
const WINDOW_BYTES = 512;
const GNU = Buffer.from('GNU\0');
const EMPTY = Buffer.alloc(0);

/**
 * All notes of the file, in file order of their regions. Bounded by LIMITS.notes, and by
 * LIMITS.noteRegionBytes over all regions together: any number of them can cover the same bytes.
 */
export function readNotes(elf: ElfFile): readonly Note[] {
  const notes: Note[] = [];
  let budgetBytes: number = LIMITS.noteRegionBytes;
  for (const region of noteRegions(elf)) {
    budgetBytes -= readRegion(elf, region, notes, budgetBytes);
    if (notes.length >= LIMITS.notes) {
      elf.diagnostics.add('limit', region.field, `more than ${LIMITS.notes} notes; rest not read`);
      break;
    }
  }
  return notes;
}

/** The description of a note, at most `lengthBytes` bytes. */
export function noteBytes(elf: ElfFile, note: Note, lengthBytes: number): Buffer {
  return elf.source.read(note.fileOffset, Math.min(note.sizeBytes, lengthBytes));
}

function noteRegions(elf: ElfFile): NoteRegion[] {
  const regions: NoteRegion[] = [];
  // The program headers of a separate debug file describe bytes that it does not hold.
  const segments = elf.isDebugOnly ? [] : elf.segments(PT.NOTE);
  for (const segment of segments) {
    if (regions.length > LIMITS.noteRegions) break;
    regions.push({
      field: 'PT_NOTE',
      fileOffset: segment.fileOffset,
      sizeBytes: segment.fileSizeBytes,
      align: segment.align,
    });
  }
  const segmentCount = Math.min(regions.length, LIMITS.noteRegions);
  let sectionCount = 0;
  let section = elf.sectionOfType(SHT.NOTE);
  for (; section !== undefined; section = elf.sectionOfType(SHT.NOTE, section.index + 1)) {
    // Comparing all sections with all segments is what must not happen.
    if (++sectionCount > LIMITS.noteRegions) break;
    if (isCovered(regions, segmentCount, section.fileOffset, section.sizeBytes)) continue;
    regions.push({
      field: section.name || `section ${section.index}`,
      fileOffset: section.fileOffset,
      sizeBytes: section.sizeBytes,
      align: section.align,
    });
  }
  if (regions.length > LIMITS.noteRegions || sectionCount > LIMITS.noteRegions) {
    const message = `more than ${LIMITS.noteRegions} segments or sections of notes; rest not read`;
    elf.diagnostics.add('limit', 'PT_NOTE', message);
    regions.length = Math.min(regions.length, LIMITS.noteRegions);
  }
  return regions;
}

function isCovered(
  regions: readonly NoteRegion[],
  count: number,
  fileOffset: number,
  sizeBytes: number,
): boolean {
  for (let i = 0; i < count; i++) {
    const region = regions[i]!;
    const end = region.fileOffset + region.sizeBytes;
    if (fileOffset >= region.fileOffset && fileOffset + sizeBytes <= end) return true;
  }
  return false;
}

/** @returns how many bytes it was allowed to walk */
function readRegion(elf: ElfFile, region: NoteRegion, notes: Note[], budgetBytes: number): number {
  const available = Math.max(0, elf.source.sizeBytes - region.fileOffset);
  const sizeBytes = Math.min(region.sizeBytes, available, budgetBytes);
  if (sizeBytes < region.sizeBytes) {
    elf.diagnostics.add(
      region.sizeBytes > available ? 'out-of-range' : 'limit',
      region.field,
      `${hex(region.sizeBytes)} bytes at ${hex(region.fileOffset)}; ${hex(sizeBytes)} were read`,
      region.fileOffset,
    );
  }
  const align = region.align === 8 ? 8 : 4;
  const { endian } = elf;
  let window: Buffer = EMPTY;
  let start = 0;
  let at = 0;
  while (at + NOTE_HEADER_BYTES <= sizeBytes && notes.length < LIMITS.notes) {
    if (at + HEAD_BYTES > start + window.length && start + window.length < sizeBytes) {
      start = at;
      const wanted = Math.min(WINDOW_BYTES, sizeBytes - at);
      window = elf.source.read(region.fileOffset + at, wanted);
    }
    const head = at - start;
    if (head + NOTE_HEADER_BYTES > window.length) break;
    const nameBytes = endian.u32(window, head);
    const descBytes = endian.u32(window, head + 4);
    const nameAt = at + NOTE_HEADER_BYTES;
    const descAt = alignUp(nameAt + nameBytes, align);
    if (descAt + descBytes > sizeBytes) {
      reportOverrun(elf, region, notes.length, at, descAt + descBytes - sizeBytes);
      break;
    }
    notes.push({
      name: ownerName(elf, window, head + NOTE_HEADER_BYTES, region.fileOffset + nameAt, nameBytes),
      type: endian.u32(window, head + 8),
      fileOffset: region.fileOffset + descAt,
      sizeBytes: descBytes,
    });
    at = alignUp(descAt + descBytes, align);
  }
  return sizeBytes;
}

function reportOverrun(
  elf: ElfFile,
  region: NoteRegion,
  index: number,
  at: number,
  excessBytes: number,
): void {
  elf.diagnostics.add(
    'out-of-range',
    `${region.field} note ${index}`,
    `reaches ${hex(excessBytes)} bytes past its region; it and what follows were not read`,
    region.fileOffset + at,
  );
}

/** The owner at `at` of the window, where nearly all of them stand whole, or else in the file. */
function ownerName(
  elf: ElfFile,
  window: Buffer,
  at: number,
  fileOffset: number,
  nameBytes: number,
): string {
  const isInside = at + nameBytes <= window.length;
  const mayBeGnu = isInside && nameBytes === GNU.length;
  if (mayBeGnu && GNU.compare(window, at, at + nameBytes) === 0) return 'GNU';
  const bytes = isInside
    ? window
    : elf.source.read(fileOffset, Math.min(nameBytes, LONGEST_NAME_BYTES));
  const start = isInside ? at : 0;
  const limit = Math.min(start + nameBytes, bytes.length);
  let end = start;
  while (end < limit && bytes[end] !== 0) end++;
  return decodeRange(bytes, start, end);
}

function alignUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}
