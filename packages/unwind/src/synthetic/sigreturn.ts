// SPDX-License-Identifier: Apache-2.0
// What signal handlers return to, in C libraries that write no call frame information for it. The
// kernel does not care where it is; its bytes are fixed by the system call that it makes.
import { DT, type ElfFile, EM, PF } from '@otelkit/core';
import type { TableTarget } from '../cfi/frameSection.ts';
import { UNWIND_LIMITS } from '../limits.ts';
import { CFA } from '../table/layout.ts';

/** mov $15,%rax; syscall */
const X86_64_STUB = Buffer.from('48c7c00f0000000f05', 'hex');
/** mov x8,#139; svc #0 */
const AARCH64_STUB = Buffer.from('681180d2010000d4', 'hex');

/**
 * Adds a range for each stub, from the byte before it: the handler is looked up one byte before its
 * return address. Looked for in files that bring their C library along, or are it.
 */
export function addSigreturnRows(elf: ElfFile, target: TableTarget): void {
  const needs = elf.dynamic?.has(DT.NEEDED) ?? false;
  if (needs) return;
  const stub = elf.header.machine === EM.X86_64 ? X86_64_STUB : AARCH64_STUB;
  let budgetBytes: number = UNWIND_LIMITS.sigreturnScanBytes;
  for (const load of elf.loads) {
    if ((load.flags & PF.X) === 0 || budgetBytes <= 0) continue;
    const sizeBytes = Math.min(load.fileSizeBytes, budgetBytes);
    budgetBytes -= sizeBytes;
    scan(elf, target, stub, { vaddr: Number(load.vaddr), at: load.fileOffset, sizeBytes });
  }
}

function scan(
  elf: ElfFile,
  target: TableTarget,
  stub: Buffer,
  range: { readonly vaddr: number; readonly at: number; readonly sizeBytes: number },
): void {
  const step = UNWIND_LIMITS.scanPieceBytes;
  let found = 0;
  for (let from = 0; from < range.sizeBytes; from += step) {
    const wanted = Math.min(step + stub.length - 1, range.sizeBytes - from);
    const piece = elf.source.read(range.at + from, wanted);
    for (let i = piece.indexOf(stub); i >= 0; i = piece.indexOf(stub, i + 1)) {
      const start = range.vaddr + from + i - target.baseVaddr;
      if (start < 1 || ++found > UNWIND_LIMITS.sigreturnStubs) return;
      target.rows.addRange(start - 1, start + stub.length, CFA.SIGNAL, 0);
    }
  }
}
