// SPDX-License-Identifier: Apache-2.0
import { type Diagnostic, type ElfFile, EM, PF, type ProgramHeader } from '@otelkit/core';
import { RuleEncoder } from '../cfi/ruleEncoder.ts';
import { UNWIND_LIMITS } from '../limits.ts';
import {
  AARCH64_REGISTERS,
  type MachineRegisters,
  PAGE_BYTES,
  PAGE_SHIFT,
  X86_64_REGISTERS,
} from '../table/layout.ts';
import { layRanges, writePieces } from '../table/packTable.ts';
import type { RowColumns } from '../table/rowColumns.ts';
import { SideRules } from '../table/sideRules.ts';
import { TableWriter } from '../table/tableWriter.ts';
import { readLayers, type UnwindSource } from './tableLayers.ts';

/** An executable PT_LOAD: what the kernel maps, and where its addresses come from. */
export interface ExecutableSegment {
  readonly offset: number;
  readonly vaddr: bigint;
  /** p_memsz, bytes. */
  readonly size: number;
}

export interface UnwindTable {
  /** In the format of docs/profile-internals.md section 1. */
  readonly bytes: Uint8Array;
  /** e_machine. */
  readonly machine: number;
  readonly baseVaddr: bigint;
  readonly segments: readonly ExecutableSegment[];
  /** What the rows come from; `frame pointers` where nothing else was there. */
  readonly sources: readonly UnwindSource[];
  /** FDEs that were looked at, damaged ones included. */
  readonly fdeCount: number;
  readonly damagedCount: number;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The unwind table of a file. What is damaged is left out and noted in `diagnostics`. Undefined for
 * machines other than x86_64 and AArch64 (64-bit, little endian), and files without code.
 * @throws InputError `io`
 */
export function buildUnwindTable(elf: ElfFile): UnwindTable | undefined {
  const registers = registersOf(elf);
  const segments = executableSegments(elf);
  const space = addressSpace(elf, segments);
  if (registers === undefined || space === undefined) return undefined;
  const side = new SideRules();
  const encoder = new RuleEncoder(registers, side);
  const { diagnostics } = elf;
  const read = readLayers(elf, { registers, encoder, diagnostics, ...space });
  const bytes = pack(read.layers, side, elf.header.machine, space);
  if (side.dropped > 0) {
    const what = `${side.dropped} rules beyond ${UNWIND_LIMITS.sideRules} are left out`;
    diagnostics.add('limit', 'side rules', what);
  }
  return {
    bytes,
    machine: elf.header.machine,
    baseVaddr: BigInt(space.baseVaddr),
    segments,
    sources: read.sources,
    fdeCount: read.fdeCount,
    damagedCount: read.damagedCount,
    diagnostics: diagnostics.list,
  };
}

function registersOf(elf: ElfFile): MachineRegisters | undefined {
  if (elf.header.class !== 64 || elf.header.data !== 'LE') return undefined;
  if (elf.header.machine === EM.X86_64) return X86_64_REGISTERS;
  return elf.header.machine === EM.AARCH64 ? AARCH64_REGISTERS : undefined;
}

/** The executable PT_LOADs, in table order. */
export function executableSegments(elf: ElfFile): ExecutableSegment[] {
  const isCode = (load: ProgramHeader): boolean => (load.flags & PF.X) !== 0;
  return elf.loads.filter(isCode).map((load) => ({
    offset: load.fileOffset,
    vaddr: load.vaddr,
    size: load.memSizeBytes,
  }));
}

interface AddressSpace {
  readonly baseVaddr: number;
  readonly endVaddr: number;
}

/** From the page of the lowest code to the end of the highest; undefined without any. */
function addressSpace(
  elf: ElfFile,
  segments: readonly ExecutableSegment[],
): AddressSpace | undefined {
  let low = Number.POSITIVE_INFINITY;
  let endVaddr = 0;
  for (const { vaddr, size } of segments) {
    const start = Number(vaddr);
    if (!Number.isSafeInteger(start + size) || !(size > 0)) continue;
    low = Math.min(low, start);
    endVaddr = Math.max(endVaddr, start + size);
  }
  const baseVaddr = Math.floor(low / PAGE_BYTES) * PAGE_BYTES;
  if (endVaddr === 0) return undefined;
  if (endVaddr - baseVaddr <= UNWIND_LIMITS.spanBytes) return { baseVaddr, endVaddr };
  const what = `code spans more than ${UNWIND_LIMITS.spanBytes} bytes; what lies above is left out`;
  elf.diagnostics.add('limit', 'PT_LOAD', what);
  return { baseVaddr, endVaddr: baseVaddr + UNWIND_LIMITS.spanBytes };
}

function pack(
  layers: readonly RowColumns[],
  side: SideRules,
  machine: number,
  space: AddressSpace,
): Uint8Array {
  const pageCount = ((space.endVaddr - space.baseVaddr - 1) >>> PAGE_SHIFT) + 1;
  let expectedRows = 0;
  for (const layer of layers) expectedRows += layer.rowCount + layer.rangeCount;
  const writer = new TableWriter(pageCount, expectedRows);
  const end = writePieces(layRanges(layers), writer);
  return writer.finish(end, machine, BigInt(space.baseVaddr), side);
}
