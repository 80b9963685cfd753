// SPDX-License-Identifier: Apache-2.0
// FUNCDATA_InlTree (runtime/symtabinl.go): which calls the compiler replaced by their bodies.
import type { ElfFile } from '../../elf/elfFile.ts';
import type { PclntabHeader } from './header.ts';
import { FUNC, FUNCDATA_INL_TREE, PCDATA_INL_TREE_INDEX } from './layout.ts';
import { pcValueAt } from './pcValue.ts';

export interface InlinedCall {
  readonly nameOffset: number;
  /** An instruction whose place in the source is the call site; bytes from the entry. */
  readonly parentPcOffset: number;
  readonly startLine: number | undefined;
}

/** Bytes of runtime.inlinedCall and places in it: Go 1.18 and 1.19, and since 1.20. */
const SHAPES = {
  '1.18': { sizeBytes: 20, nameOffset: 12, parentPc: 16, startLine: undefined },
  '1.20': { sizeBytes: 16, nameOffset: 4, parentPc: 8, startLine: 12 },
} as const;
const NO_FUNCDATA = 0xffffffff;
/** The runtime's own bound for the index into the tree. */
const LARGEST_INDEX = 1 << 20;

/**
 * The inlined call that the instruction belongs to; undefined when it is the function's own, and
 * where the tables are not there (before Go 1.18 they are addressed otherwise).
 * @param funcAt where the fields of _func behind `entry` start.
 */
export function inlinedCallAt(
  elf: ElfFile,
  header: PclntabHeader,
  gofunc: bigint | undefined,
  funcAt: number,
  pcOffset: number,
): InlinedCall | undefined {
  const { layout, table } = header;
  if (gofunc === undefined || !layout.isTextRelative) return undefined;
  const shape = layout.hasStartLine ? SHAPES['1.20'] : SHAPES['1.18'];
  const npcdata = table.u32(funcAt + FUNC.npcdata);
  const counts = table.read(funcAt + layout.functionTailBytes - 1, 1);
  if (npcdata === undefined || counts.length === 0) return undefined;
  const nfuncdata = counts[0]!;
  if (npcdata <= PCDATA_INL_TREE_INDEX || nfuncdata <= FUNCDATA_INL_TREE) return undefined;
  const pcdataAt = funcAt + layout.functionTailBytes;
  const indexTable = table.u32(pcdataAt + 4 * PCDATA_INL_TREE_INDEX);
  const tree = table.u32(pcdataAt + 4 * (npcdata + FUNCDATA_INL_TREE));
  if (indexTable === undefined || tree === undefined || tree === NO_FUNCDATA) return undefined;
  const index = pcValueAt(header, indexTable, pcOffset);
  if (index === undefined || index < 0 || index >= LARGEST_INDEX) return undefined;
  const at = gofunc + BigInt(tree + index * shape.sizeBytes);
  const bytes = elf.readVirtual(at, shape.sizeBytes);
  if (bytes.length < shape.sizeBytes) return undefined;
  return {
    nameOffset: elf.endian.u32(bytes, shape.nameOffset),
    parentPcOffset: elf.endian.u32(bytes, shape.parentPc),
    startLine: shape.startLine === undefined ? undefined : elf.endian.u32(bytes, shape.startLine),
  };
}
