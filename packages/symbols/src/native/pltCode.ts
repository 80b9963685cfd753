// SPDX-License-Identifier: Apache-2.0
// The instructions of PLT stubs, as GNU ld, gold, lld and mold write them.
import { type ElfFile, EM, type SectionHeader } from '@otelkit/core';
import { SYMBOL_LIMITS } from '../limits.ts';

/** A stub, and the word of the GOT that it jumps through. */
export interface PltStub {
  readonly vaddr: number;
  readonly sizeBytes: number;
  readonly slotVaddr: number;
}

const PAGE_BYTES = 4096;
const INSTRUCTION_BYTES = 4;
const X86_STUB_BYTES = 16;
const X86_SHORT_STUB_BYTES = 8;
const ARM_STUB_BYTES = 16;
const ARM_BTI_C = 0xd503245f;

/** Appends the stubs in `bytes`, the content of a section that begins at `start`. */
export function decodePltSection(
  elf: ElfFile,
  section: SectionHeader,
  start: number,
  bytes: Buffer,
  stubs: PltStub[],
): void {
  if (elf.header.machine === EM.X86_64) decodeX86(section, start, bytes, stubs);
  else if (elf.header.machine === EM.AARCH64 && elf.endian.name === 'LE') {
    decodeArm(start, bytes, stubs);
  }
}

/** `[endbr64] [bnd] jmp *disp32(%rip)`; a lazy stub goes on with `push n; jmp PLT0`. */
function decodeX86(section: SectionHeader, start: number, bytes: Buffer, stubs: PltStub[]): void {
  const isShort = section.entrySizeBytes === X86_SHORT_STUB_BYTES;
  const stubBytes = isShort ? X86_SHORT_STUB_BYTES : X86_STUB_BYTES;
  for (let at = 0; at + stubBytes <= bytes.length; at += stubBytes) {
    if (stubs.length >= SYMBOL_LIMITS.pltStubs) return;
    let jump = at;
    if (bytes.readUInt32LE(jump) === 0xfa1e0ff3) jump += 4;
    if (bytes[jump] === 0xf2) jump++;
    if (bytes[jump] !== 0xff || bytes[jump + 1] !== 0x25 || jump + 6 > at + stubBytes) continue;
    const slotVaddr = start + jump + 6 + bytes.readInt32LE(jump + 2);
    stubs.push({ vaddr: start + at, sizeBytes: stubBytes, slotVaddr });
  }
}

/** `[bti c] adrp x16, page; ldr x17, [x16, #low]; add x16, …; br x17` */
function decodeArm(start: number, bytes: Buffer, stubs: PltStub[]): void {
  const last = bytes.length - ARM_STUB_BYTES;
  for (let at = 0; at <= last; at += INSTRUCTION_BYTES) {
    if (stubs.length >= SYMBOL_LIMITS.pltStubs) return;
    const adrp = bytes.readUInt32LE(at);
    const load = bytes.readUInt32LE(at + INSTRUCTION_BYTES);
    const isStub =
      (adrp & 0x9f00001f) >>> 0 === 0x90000010 && (load & 0xffc003ff) >>> 0 === 0xf9400211;
    if (!isStub) continue;
    const pages = (((adrp << 8) >> 13) << 2) | ((adrp >>> 29) & 3);
    const page = Math.floor((start + at) / PAGE_BYTES) * PAGE_BYTES + pages * PAGE_BYTES;
    const slotVaddr = page + ((load >>> 10) & 0xfff) * 8;
    const isGuarded =
      at >= INSTRUCTION_BYTES && bytes.readUInt32LE(at - INSTRUCTION_BYTES) === ARM_BTI_C;
    const head = isGuarded ? INSTRUCTION_BYTES : 0;
    stubs.push({ vaddr: start + at - head, sizeBytes: ARM_STUB_BYTES + head, slotVaddr });
    at += ARM_STUB_BYTES - INSTRUCTION_BYTES;
  }
}
