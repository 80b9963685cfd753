// SPDX-License-Identifier: Apache-2.0
// Type descriptors as reflection reads them (internal/abi/type.go; up to Go 1.20
// runtime/type.go, of the same layout).
import { ANALYZE_LIMITS } from '../limits.ts';
import type { Image } from './image.ts';
import type { ModuleTypes } from './moduleTypes.ts';

/** Offsets in abi.Type and what follows it, 64-bit. */
export const TYPE = {
  size: 0,
  tflag: 20,
  kind: 23,
  str: 40,
  bytes: 48,
  /** abi.PtrType */
  elem: 48,
  /** abi.StructType */
  fields: 56,
  structBytes: 80,
  /** abi.InterfaceType */
  methods: 56,
  interfaceBytes: 80,
} as const;

export const KIND = {
  array: 17,
  chan: 18,
  func: 19,
  interface: 20,
  map: 21,
  pointer: 22,
  slice: 23,
  struct: 25,
} as const;

/** Up to Go 1.23 the upper bits hold flags. */
export const KIND_MASK = 31;
export const TFLAG = { uncommon: 1, extraStar: 2, named: 4 } as const;
const FIELD_BYTES = 24;

/** Bytes of the descriptor before abi.UncommonType, by kind; maps changed theirs. */
const BYTES_BY_KIND: Readonly<Record<number, number>> = {
  [KIND.array]: 72,
  [KIND.chan]: 64,
  [KIND.func]: 56,
  [KIND.interface]: TYPE.interfaceBytes,
  [KIND.pointer]: 56,
  [KIND.slice]: 56,
  [KIND.struct]: TYPE.structBytes,
};

export interface DescribedStruct {
  readonly sizeBytes: number;
  readonly members: ReadonlyMap<string, number>;
}

export class TypeReader {
  readonly types: ModuleTypes;
  readonly #image: Image;

  constructor(image: Image, types: ModuleTypes) {
    this.#image = image;
    this.types = types;
  }

  kind(vaddr: number): number {
    return (this.#image.bytes(vaddr + TYPE.kind, 1)[0] ?? 0) & KIND_MASK;
  }

  isType(vaddr: number): boolean {
    return vaddr >= this.types.start && vaddr < this.types.end;
  }

  /** `*net/http.Request`, `net/http.Request`, `error`; undefined for what has no name. */
  typeName(vaddr: number, depth = 0): string | undefined {
    if (!this.isType(vaddr) || depth > ANALYZE_LIMITS.pointerDepth) return undefined;
    const kind = this.kind(vaddr);
    const tflag = this.#image.bytes(vaddr + TYPE.tflag, 1)[0] ?? 0;
    if ((tflag & TFLAG.named) === 0 && kind === KIND.pointer) {
      const element = this.typeName(this.#image.pointer(vaddr + TYPE.elem), depth + 1);
      return element === undefined ? undefined : `*${element}`;
    }
    const text = this.shortName(vaddr, tflag);
    if (text === undefined || (tflag & TFLAG.named) === 0) return undefined;
    const packagePath = this.#packagePath(vaddr, kind, tflag);
    if (packagePath === undefined || packagePath === '') return text;
    return `${packagePath}.${text.slice(text.indexOf('.') + 1)}`;
  }

  /** `http.Request`: with the name of the package, not its path. */
  shortName(vaddr: number, tflag: number): string | undefined {
    const offset = this.#image.u32(vaddr + TYPE.str);
    const text = this.name(this.types.start + offset);
    return (tflag & TFLAG.extraStar) !== 0 ? text?.slice(1) : text;
  }

  #packagePath(vaddr: number, kind: number, tflag: number): string | undefined {
    if ((tflag & TFLAG.uncommon) === 0) return undefined;
    const offset = this.#image.u32(vaddr + (BYTES_BY_KIND[kind] ?? TYPE.bytes));
    return offset === 0 ? undefined : this.name(this.types.start + offset);
  }

  /** abi.Name: flags, length as a varint (Go ≥ 1.17), bytes. */
  name(vaddr: number): string | undefined {
    const bytes = this.#image.bytes(vaddr, NAME_WINDOW_BYTES);
    if (bytes.length < 2) return undefined;
    const length = bytes[1]! < 0x80 ? bytes[1]! : (bytes[1]! & 0x7f) | ((bytes[2] ?? 0) << 7);
    const at = bytes[1]! < 0x80 ? 2 : 3;
    if (length > ANALYZE_LIMITS.nameBytes) return undefined;
    const whole = at + length <= bytes.length ? bytes : this.#image.bytes(vaddr, at + length);
    return whole.length < at + length ? undefined : whole.toString('utf8', at, at + length);
  }

  /** Members of the struct at `vaddr`; undefined unless every part of it makes sense. */
  structAt(vaddr: number): DescribedStruct | undefined {
    const image = this.#image;
    const sizeBytes = image.word(vaddr + TYPE.size);
    const [fields, count, capacity] = [
      image.pointer(vaddr + TYPE.fields),
      image.word(vaddr + TYPE.fields + 8),
      image.word(vaddr + TYPE.fields + 16),
    ] as [number, number, number];
    if (count !== capacity || count > ANALYZE_LIMITS.structMembers) return undefined;
    const members = new Map<string, number>();
    let previous = 0;
    for (let i = 0; i < count; i++) {
      const at = fields + i * FIELD_BYTES;
      const name = this.name(image.pointer(at));
      const offset = image.word(at + 16);
      const isInOrder = offset >= previous && offset <= sizeBytes;
      if (name === undefined || !isInOrder || !this.isType(image.pointer(at + 8))) return undefined;
      members.set(name, offset);
      previous = offset;
    }
    return { sizeBytes, members };
  }
}

/** Most names fit, and a second read is spared. */
const NAME_WINDOW_BYTES = 128;
