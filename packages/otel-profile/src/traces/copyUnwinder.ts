// SPDX-License-Identifier: Apache-2.0
// Unwinds a copy of a stack on this side, with the same tables and rules as the kernel side.
import type { RawCopy } from '@otelkit/bpf-client';
import { EM } from '@otelkit/core';
import {
  MAPPING_KIND,
  type ModelMapping,
  ModelMappings,
  machineModel,
  STACK_END,
  StackCopy,
  UnwinderModel,
} from '@otelkit/unwind';
import type { FileTable } from '../files/fileTable.ts';
import type { ProfiledFile } from '../files/profiledFile.ts';
import type { TableStore } from '../files/tableStore.ts';
import { mappingAt, type ProcessMapping } from '../processes/mappings.ts';
import type { ProcessImage } from '../processes/processTable.ts';

/** A stack, or the file that must be read before more of it can be seen. */
export interface UnwoundCopy {
  /** Two words a frame, low half first; kernel frames first, as in a trace. */
  readonly words: Uint32Array;
  readonly end: number;
  readonly missing: ProfiledFile | undefined;
}

const MACHINES: Readonly<Record<string, number>> = { x64: EM.X86_64, arm64: EM.AARCH64 };
/** Flags of a record (docs/profile-internals.md §3). */
const INTERRUPTED = 1;
const CUT = 4;
const TWO_32 = 4_294_967_296;

/** Unwinds copies of one machine. */
export class CopyUnwinder {
  readonly #files: Pick<FileTable, 'ofRef'>;
  readonly #tables: TableStore;
  readonly #machine: ReturnType<typeof machineModel>;
  readonly #model: UnwinderModel | undefined;

  constructor(files: Pick<FileTable, 'ofRef'>, tables: TableStore, mostFrames: number) {
    this.#files = files;
    this.#tables = tables;
    this.#machine = machineModel(MACHINES[process.arch] ?? 0);
    this.#model =
      this.#machine === undefined ? undefined : new UnwinderModel(this.#machine, mostFrames);
  }

  unwind(copy: RawCopy, image: ProcessImage): UnwoundCopy {
    const machine = this.#machine;
    if (this.#model === undefined || machine === undefined) {
      return { words: copy.kernelWords, end: 0, missing: undefined };
    }
    if (isBeforeFirstInstruction(copy, image, machine.pc)) {
      return { words: copy.kernelWords, end: 0, missing: undefined };
    }
    const registers = new BigUint64Array(machine.registers);
    for (let i = 0; i < registers.length && 8 * i + 8 <= copy.registers.length; i++) {
      registers[i] = copy.registers.readBigUInt64LE(8 * i);
    }
    const memory = new StackCopy(Number(registers[machine.sp]!), copy.stack);
    const mappings = new LazyMappings(image, (mapping) => this.#modelMappings(mapping));
    const isInterrupted = (copy.flags & INTERRUPTED) !== 0;
    const stack = this.#model.unwind({ registers, memory, mappings, isInterrupted });
    const missing = stack.isTableMissing
      ? this.#missing(image, stack.vaddrs, stack.count)
      : undefined;
    return { words: wordsOf(copy, stack), end: endOf(stack.end, copy), missing };
  }

  /** A frame without a table has its absolute address. */
  #missing(image: ProcessImage, addresses: Float64Array, count: number): ProfiledFile | undefined {
    const mapping = mappingAt(image.mappings, addresses[count - 1] ?? 0);
    return mapping === undefined ? undefined : this.#files.ofRef(mapping.fileRef);
  }

  /** One mapping may show several segments, each with an address space of its own. */
  #modelMappings({ start, end, fileOffset, fileRef }: ProcessMapping): ModelMapping[] {
    const file = this.#files.ofRef(fileRef);
    const whole = { start, end, bias: 0, slot: 0, table: undefined };
    if (file === undefined) {
      return [{ ...whole, kind: fileRef === 0 ? MAPPING_KIND.FRAME_POINTERS : MAPPING_KIND.TABLE }];
    }
    if (file.state !== 'ready') {
      const kind = file.state === 'failed' ? MAPPING_KIND.NONE : MAPPING_KIND.TABLE;
      return [{ ...whole, kind }];
    }
    const table = this.#tables.reader(file);
    const pieces: ModelMapping[] = [];
    for (const { offset, vaddr, size } of file.segments) {
      if (offset >= fileOffset + (end - start) || offset + size <= fileOffset) continue;
      const bias = start - fileOffset + offset - vaddr;
      const from = pieces.length === 0 ? start : start + (offset - fileOffset);
      const before = pieces.at(-1);
      if (before !== undefined) pieces[pieces.length - 1] = { ...before, end: from };
      const kind = MAPPING_KIND.TABLE;
      pieces.push({ start: from, end, bias, slot: file.slot, kind, table });
    }
    return pieces.length > 0 ? pieces : [{ ...whole, kind: MAPPING_KIND.NONE }];
  }
}

/** A stack leads through a few of a process's mappings only: the others are not looked at. */
class LazyMappings extends ModelMappings {
  readonly #image: ProcessImage;
  readonly #describe: (mapping: ProcessMapping) => readonly ModelMapping[];
  readonly #known = new Map<ProcessMapping, readonly ModelMapping[]>();

  constructor(image: ProcessImage, describe: (mapping: ProcessMapping) => readonly ModelMapping[]) {
    super([]);
    this.#image = image;
    this.#describe = describe;
  }

  override find(pc: number): ModelMapping | undefined {
    const mapping = mappingAt(this.#image.mappings, pc);
    if (mapping === undefined) return undefined;
    let pieces = this.#known.get(mapping);
    if (pieces === undefined) {
      pieces = this.#describe(mapping);
      this.#known.set(mapping, pieces);
    }
    return pieces.find(({ start, end }) => pc >= start && pc < end);
  }
}

/** In execve: the old program's stack is gone, and the new one has not run yet. */
function isBeforeFirstInstruction(copy: RawCopy, { mappings }: ProcessImage, pc: number): boolean {
  if ((copy.flags & INTERRUPTED) !== 0 || mappings.length === 0) return false;
  return mappingAt(mappings, Number(copy.registers.readBigUInt64LE(8 * pc))) === undefined;
}

/** Beyond a copy that was cut there is more stack: it is not unreadable. */
function endOf(end: number, { flags }: RawCopy): number {
  const isCut = end === STACK_END.STACK_UNREADABLE && (flags & CUT) !== 0;
  return isCut ? STACK_END.TRUNCATED_DEPTH : end;
}

function wordsOf(
  { kernelWords }: RawCopy,
  { count, slots, vaddrs }: { count: number; slots: Uint16Array; vaddrs: Float64Array },
): Uint32Array {
  const words = new Uint32Array(kernelWords.length + 2 * count);
  words.set(kernelWords);
  for (let i = 0; i < count; i++) {
    const at = kernelWords.length + 2 * i;
    const high = Math.floor(vaddrs[i]! / TWO_32);
    words[at] = vaddrs[i]! % TWO_32;
    words[at + 1] = ((slots[i]! << 16) | (high & 0xffff)) >>> 0;
  }
  return words;
}
