// SPDX-License-Identifier: Apache-2.0
import type { ElfFile } from '../elf/elfFile.ts';
import type { ProgramHeader } from '../elf/types.ts';
import { GO_LIMITS } from './limits.ts';

/** Reads a 32-bit number of a file as this computer's own words, for comparison in a loop. */
function asNativeWord(elf: ElfFile, value: number): number {
  const bytes = Buffer.alloc(4);
  if (elf.endian.name === 'LE') bytes.writeUInt32LE(value);
  else bytes.writeUInt32BE(value);
  return new Int32Array(bytes.buffer, bytes.byteOffset, 1)[0]!;
}

/**
 * Finds 32-bit words at addresses that are `phaseBytes` behind multiples of `stepBytes`, in the
 * segments' file parts as far as the budget reaches, and asks `accept` about each until it says yes. Touching every word once in
 * a typed array takes some 0.3 s a gigabyte; searches by pattern are slower, and without bound in
 * a file full of near misses.
 * @returns true when `accept` said yes.
 */
export function findWord(
  elf: ElfFile,
  segments: readonly ProgramHeader[],
  values: readonly number[],
  { stepBytes, phaseBytes }: { readonly stepBytes: 4 | 8; readonly phaseBytes: 0 | 4 },
  accept: (vaddr: bigint, fileOffset: number, segmentEnd: number) => boolean,
): boolean {
  const wantedWords = Int32Array.from(values, (value) => asNativeWord(elf, value));
  const step = stepBytes / 4;
  let budgetBytes: number = GO_LIMITS.pclntabScanBytes;
  let candidates: number = GO_LIMITS.scanCandidates;
  for (const segment of segments.slice(0, GO_LIMITS.segments)) {
    // Alignment is one of addresses; the first word of the wanted alignment in the segment.
    const skip = Number((BigInt(phaseBytes) - segment.vaddr) & BigInt(stepBytes - 1));
    const end = Math.min(segment.fileSizeBytes, budgetBytes);
    for (let from = skip; from < end; from += GO_LIMITS.scanPieceBytes) {
      const wanted = Math.min(GO_LIMITS.scanPieceBytes, end - from);
      const words = asWords(elf.source.read(segment.fileOffset + from, wanted));
      const next = (at: number): number => nextMatch(words, at, step, wantedWords);
      for (let i = next(0); i >= 0; i = next(i + step)) {
        if (candidates-- === 0) return false;
        const at = from + 4 * i;
        const fileOffset = segment.fileOffset + at;
        const segmentEnd = segment.fileOffset + segment.fileSizeBytes;
        if (accept(segment.vaddr + BigInt(at), fileOffset, segmentEnd)) return true;
      }
      if (4 * words.length + 3 < wanted) break;
    }
    budgetBytes -= end;
  }
  return false;
}

/** On its own, so that the one loop over all words is compiled early and without closures. */
function nextMatch(words: Int32Array, from: number, step: number, wanted: Int32Array): number {
  const a = wanted[0]!;
  const b = wanted[1] ?? a;
  const c = wanted[2] ?? a;
  const d = wanted[3] ?? a;
  for (let i = from; i < words.length; i += step) {
    const word = words[i]!;
    if (word === a || word === b || word === c || word === d) return i;
  }
  return -1;
}

function asWords(bytes: Buffer): Int32Array {
  const isAligned = bytes.byteOffset % 4 === 0;
  const aligned = isAligned ? bytes : new Uint8Array(bytes);
  return new Int32Array(aligned.buffer, aligned.byteOffset, Math.floor(bytes.length / 4));
}
