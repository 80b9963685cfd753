// SPDX-License-Identifier: Apache-2.0
// Stubs of the procedure linkage table for which the linker wrote no call frame information (lld,
// mold, and what was stripped of it). Their code is fixed by the processor supplements.
import { type ElfFile, EM, type SectionHeader } from '@otelkit/core';
import type { TableTarget } from '../cfi/frameSection.ts';
import { CFA, FP_SAVED, RA_SAVED } from '../table/layout.ts';
import { type RowColumns, ruleHead, ruleOffsets } from '../table/rowColumns.ts';

const LAZY = new Set(['.plt', '.iplt']);
const DIRECT = new Set(['.plt.sec', '.plt.got', '.plt.bnd']);
const ENTRY_BYTES = 16;
/** push *GOT+8(%rip) */
const PUSH_BYTES = 6;
/** Entry bytes before the index is on the stack: `jmp *slot; push index`, `endbr64; push index`. */
const PUSHED_AT = { plain: 11, endbr64: 9 } as const;
const ENDBR64 = 0xfa1e0ff3;
/** jmp *slot(%rip): entries of lld's .iplt have no more. */
const PUSH_OPCODE = 0x68;

/** Adds a range for each section of stubs. */
export function addPltRows(elf: ElfFile, target: TableTarget): void {
  for (const section of elf.sections) {
    const isLazy = LAZY.has(section.name);
    if (!isLazy && !DIRECT.has(section.name)) continue;
    const vaddr = Number(section.addr);
    const end = vaddr + section.sizeBytes;
    const isInside = vaddr >= target.baseVaddr && end <= target.endVaddr;
    if (!isInside || section.sizeBytes < ENTRY_BYTES) continue;
    const start = vaddr - target.baseVaddr;
    target.rows.openRange(start, start + section.sizeBytes);
    if (elf.header.machine === EM.X86_64) addX86(elf, section, start, isLazy, target.rows);
    else addAarch64(start, isLazy && section.name === '.plt', target.rows);
    target.rows.closeRange();
  }
}

function addX86(
  elf: ElfFile,
  section: SectionHeader,
  start: number,
  isLazy: boolean,
  rows: RowColumns,
): void {
  const bytes = elf.source.read(section.fileOffset, 2 * ENTRY_BYTES);
  const sp = ruleHead(CFA.SP);
  // The first entry pushes the link map and jumps to the resolver; the others push their index.
  const hasHeader = bytes.length === 2 * ENTRY_BYTES && bytes[0] === 0xff && bytes[1] === 0x35;
  if (!isLazy || !hasHeader) {
    rows.addRow(start, sp, ruleOffsets(8));
    return;
  }
  rows.addRow(start, sp, ruleOffsets(16));
  rows.addRow(start + PUSH_BYTES, sp, ruleOffsets(24));
  const isEndbr = elf.endian.u32(bytes, ENTRY_BYTES) === ENDBR64;
  const pushedAt = isEndbr ? PUSHED_AT.endbr64 : PUSHED_AT.plain;
  const hasPush = bytes[ENTRY_BYTES + pushedAt - 5] === PUSH_OPCODE;
  const head = hasPush ? CFA.PLT : sp;
  rows.addRow(start + ENTRY_BYTES, head, ruleOffsets(hasPush ? pushedAt : 8));
}

/** Only the first entry touches the stack: stp x16,x30,[sp,#-16]! */
function addAarch64(start: number, hasHeader: boolean, rows: RowColumns): void {
  rows.addRow(start, ruleHead(CFA.SP), ruleOffsets(0));
  if (!hasHeader) return;
  const pushed = ruleHead(CFA.SP, FP_SAVED.UNCHANGED, RA_SAVED.BESIDE_FP);
  rows.addRow(start + 4, pushed, ruleOffsets(16, -16));
  rows.addRow(start + 2 * ENTRY_BYTES, ruleHead(CFA.SP), ruleOffsets(0));
}
