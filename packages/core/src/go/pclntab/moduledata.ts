// SPDX-License-Identifier: Apache-2.0
// runtime.firstmoduledata (runtime/symtab.go) without symbols: it starts with a pointer to the
// pclntab and repeats so much of it that chance is out of the question.
import { PF } from '../../elf/constants.ts';
import type { ElfFile } from '../../elf/elfFile.ts';
import type { ProgramHeader } from '../../elf/types.ts';
import { forEachRelativeRelocation } from '../relativeRelocations.ts';
import { findWord } from '../wordScan.ts';
import type { FunctionTable } from './functionTable.ts';
import type { PclntabHeader } from './header.ts';

/** What the linker wrote down about a Go module's image. Addresses at load address 0. */
export interface GoModuledata {
  readonly vaddr: bigint;
  /** runtime.text, from which Go ≥ 1.18 counts its functions. Not always the start of .text. */
  readonly text: bigint;
  readonly etext: bigint;
  readonly minpc: bigint;
  readonly maxpc: bigint;
  /** go:func.*, from which funcdata counts (Go ≥ 1.18). */
  readonly gofunc: bigint | undefined;
  /** Pointers were read in place, or taken from relocations. */
  readonly evidence: 'in place' | 'relocations';
}

/** Places of the fields, in words of pointer size. */
interface ModuledataLayout {
  readonly functab: number;
  readonly pcRange: number;
  readonly gofunc: number | undefined;
}

const LAYOUT: Readonly<Record<string, ModuledataLayout>> = {
  '1.2': { functab: 3, pcRange: 10, gofunc: undefined },
  '1.16': { functab: 16, pcRange: 20, gofunc: undefined },
  '1.18': { functab: 16, pcRange: 20, gofunc: 38 },
  '1.20': { functab: 16, pcRange: 20, gofunc: 40 },
};
const WORDS = 44;
/**
 * Go 1.27 put lengths behind `types` and moved what follows: the word behind it is an address of
 * the same region up to Go 1.26, and a length, smaller than any address there, from then on.
 */
const TYPES = 37;
const GOFUNC_1_27 = 43;

/** The moduledata that belongs to this pclntab; undefined when none passes the checks. */
export function findModuledata(
  elf: ElfFile,
  header: PclntabHeader,
  functions: FunctionTable,
): GoModuledata | undefined {
  return inPlace(elf, header, functions) ?? byRelocations(elf, header, functions);
}

function inPlace(
  elf: ElfFile,
  header: PclntabHeader,
  functions: FunctionTable,
): GoModuledata | undefined {
  const low = Number(header.vaddr & 0xffffffffn);
  const isBig64 = elf.endian.name === 'BE' && header.pointerBytes === 8;
  const phaseBytes = isBig64 ? 4 : 0;
  const alignment = { stepBytes: header.pointerBytes, phaseBytes } as const;
  const isWritable = (segment: ProgramHeader): boolean => (segment.flags & PF.W) !== 0;
  // Since Go 1.26 it may stand among read-only data; code never holds it.
  const others = elf.loads.filter((s) => !isWritable(s) && (s.flags & PF.X) === 0);
  const segments = [...elf.loads.filter(isWritable), ...others];
  let found: GoModuledata | undefined;
  findWord(elf, segments, [low], alignment, (vaddr, fileOffset) => {
    const at = fileOffset - phaseBytes;
    const bytes = elf.source.read(at, WORDS * header.pointerBytes);
    const words = readWords(elf, bytes, header.pointerBytes);
    found = check(elf, header, functions, words, vaddr - BigInt(phaseBytes), 'in place');
    return found !== undefined;
  });
  return found;
}

/** For programs whose pointers stand in DT_RELA: candidates first, then the words of each. */
function byRelocations(
  elf: ElfFile,
  header: PclntabHeader,
  functions: FunctionTable,
): GoModuledata | undefined {
  const wanted = Number(header.vaddr);
  const candidates: number[] = [];
  forEachRelativeRelocation(elf, (vaddr, value) => {
    if (value === wanted && candidates.length < MAX_RELOCATED) candidates.push(vaddr);
  });
  for (const start of candidates) {
    const { pointerBytes } = header;
    const bytes = elf.readVirtual(BigInt(start), WORDS * pointerBytes);
    const words = readWords(elf, bytes, pointerBytes);
    forEachRelativeRelocation(elf, (vaddr, value) => {
      const index = (vaddr - start) / pointerBytes;
      if (index >= 0 && index < words.length && Number.isInteger(index)) words[index] = value;
    });
    const found = check(elf, header, functions, words, BigInt(start), 'relocations');
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Each candidate costs a pass over the relocations; few pointers to a pclntab exist. */
const MAX_RELOCATED = 8;

function readWords(elf: ElfFile, bytes: Buffer, pointerBytes: 4 | 8): Float64Array {
  const words = new Float64Array(Math.floor(bytes.length / pointerBytes));
  for (let i = 0; i < words.length; i++) {
    words[i] =
      pointerBytes === 8 ? elf.endian.u64AsNumber(bytes, 8 * i) : elf.endian.u32(bytes, 4 * i);
  }
  return words;
}

function check(
  elf: ElfFile,
  header: PclntabHeader,
  functions: FunctionTable,
  words: Float64Array,
  vaddr: bigint,
  evidence: GoModuledata['evidence'],
): GoModuledata | undefined {
  const layout = LAYOUT[header.layout.name]!;
  const base = Number(header.vaddr);
  const word = (index: number): number => words[index] ?? -1;
  if (word(0) !== base) return undefined;
  if (word(layout.functab) !== base + header.functabAt) return undefined;
  if (word(layout.functab + 1) !== header.functionCount + 1) return undefined;
  if (header.layout.hasUnits && word(1) !== base + header.names.at) return undefined;
  const [minpc, maxpc, text, etext] = [0, 1, 2, 3].map((i) => word(layout.pcRange + i)) as [
    number,
    number,
    number,
    number,
  ];
  const isOrdered = text <= minpc && minpc < maxpc && text < etext;
  if (!isOrdered || !Number.isSafeInteger(maxpc) || !Number.isSafeInteger(etext)) return undefined;
  if (!isInCode(elf, text)) return undefined;
  const start = functions.isTextRelative ? text : functions.firstEntry;
  const { entryOffsets } = functions;
  if (start + entryOffsets[0]! !== minpc) return undefined;
  // Text split over several sections (large programs for ppc64 and arm) breaks the plain sum.
  if (start + entryOffsets[entryOffsets.length - 1]! !== maxpc) return undefined;
  const isShifted = header.layout.hasStartLine && word(TYPES + 1) < word(TYPES);
  const gofuncAt = isShifted ? GOFUNC_1_27 : layout.gofunc;
  const gofunc = gofuncAt === undefined ? 0 : word(gofuncAt);
  const hasGofunc = gofunc > 0 && elf.vaddrToFileRange(BigInt(gofunc)) !== undefined;
  return {
    vaddr,
    text: BigInt(text),
    etext: BigInt(etext),
    minpc: BigInt(minpc),
    maxpc: BigInt(maxpc),
    gofunc: hasGofunc ? BigInt(gofunc) : undefined,
    evidence,
  };
}

/** Whether an address lies in the file part of an executable segment. */
export function isInCode(elf: ElfFile, address: number): boolean {
  if (!Number.isSafeInteger(address)) return false;
  const vaddr = BigInt(address);
  return elf.loads.some(
    (segment) =>
      (segment.flags & PF.X) !== 0 &&
      vaddr >= segment.vaddr &&
      vaddr - segment.vaddr < BigInt(Math.min(segment.fileSizeBytes, Number.MAX_SAFE_INTEGER)),
  );
}
