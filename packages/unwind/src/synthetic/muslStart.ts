// SPDX-License-Identifier: Apache-2.0
// Where musl calls main. musl is built without call frame information: the frame below main is the
// last one that matters, and would otherwise end every stack of such a program with a failure.
import { type ElfFile, EM, findDynamicSymbol } from '@otelkit/core';
import type { TableTarget } from '../cfi/frameSection.ts';
import { END_HEAD } from '../table/rowColumns.ts';

/** xor %rbp,%rbp; mov %rsp,%rdi; lea _DYNAMIC(%rip),%rsi; and $-16,%rsp; call _start_c */
const START = Buffer.from('4831ed4889e7488d35', 'hex');
const START_CALL_AT = 17;
const CALL_BYTES = 5;
/** _start_c hands its arguments on. */
const START_C_BYTES = 64;
/** __libc_start_main's second half lies beside the first. */
const NEIGHBOURHOOD_BYTES = 256;
/** Behind `call *%reg`: mov %eax,%edi; call exit */
const EXIT_WITH_RESULT = Buffer.from('89c7e8', 'hex');

/** Adds the end of a complete stack behind musl's call of main. For a layer below all others. */
export function addMuslStart(elf: ElfFile, target: TableTarget): void {
  if (elf.header.machine !== EM.X86_64) return;
  for (const startMain of startMains(elf)) {
    const from = startMain - NEIGHBOURHOOD_BYTES;
    const bytes = codeAt(elf, from, 2 * NEIGHBOURHOOD_BYTES);
    const at = bytes.indexOf(EXIT_WITH_RESULT);
    if (at < 2 || bytes[at - 2] !== 0xff || (bytes[at - 1]! & 0xf8) !== 0xd0) continue;
    const start = from + at - 1 - target.baseVaddr;
    const end = start + 1 + EXIT_WITH_RESULT.length + 4;
    if (start < 0 || end > target.endVaddr - target.baseVaddr) continue;
    target.rows.addRange(start, end, END_HEAD, 0);
    return;
  }
}

/** Where __libc_start_main may be: by its name in the library, by the jumps to it in a program. */
function startMains(elf: ElfFile): number[] {
  const symbol = findDynamicSymbol(elf, '__libc_start_main');
  if (symbol !== undefined && symbol.shndx !== 0) return [Number(symbol.value)];
  const entry = Number(elf.header.entry);
  const start = codeAt(elf, entry, START_CALL_AT + CALL_BYTES);
  if (start.indexOf(START) !== 0) return [];
  const startC = target32(start, START_CALL_AT, entry);
  const bytes = codeAt(elf, startC, START_C_BYTES);
  const found: number[] = [];
  for (let i = 0; i + CALL_BYTES <= bytes.length; i++) {
    // call or jmp
    if (bytes[i] === 0xe8 || bytes[i] === 0xe9) found.push(target32(bytes, i, startC));
  }
  return found;
}

/** Where the call or jump with a 32-bit displacement at `at` leads to. */
function target32(bytes: Buffer, at: number, vaddr: number): number {
  return vaddr + at + CALL_BYTES + bytes.readInt32LE(at + 1);
}

/** Code of a file by its address; what the file does not hold is left out. */
function codeAt(elf: ElfFile, vaddr: number, sizeBytes: number): Buffer {
  const range = vaddr > 0 ? elf.vaddrToFileRange(BigInt(vaddr)) : undefined;
  if (range === undefined) return Buffer.alloc(0);
  return Buffer.from(elf.source.read(range.fileOffset, Math.min(sizeBytes, range.sizeBytes)));
}
