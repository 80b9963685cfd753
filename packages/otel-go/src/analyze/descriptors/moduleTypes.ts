// SPDX-License-Identifier: Apache-2.0
// Where a Go program's type descriptors and itabs stand: fields of runtime.moduledata behind those
// that packages/core checks (runtime/symtab.go of each release).
import type { GoPclntab } from '@otelkit/core';
import { ANALYZE_LIMITS } from '../limits.ts';
import type { Image } from './image.ts';

/** Addresses at load address 0. */
export interface ModuleTypes {
  /** Names and types are counted from here. */
  readonly start: number;
  readonly end: number;
  /** A list of pointers up to Go 1.26, the itabs themselves since 1.27. */
  readonly itabs: {
    readonly at: number;
    readonly sizeBytes: number;
    readonly isList: boolean;
  };
}

/** Places of the fields, in words. */
interface Layout {
  readonly types: number;
  readonly etypes: number;
  /** itablinks, or the word of itaboffset. */
  readonly itablinks?: number;
  readonly itaboffset?: number;
}

/** Go 1.18 and 1.19; 1.20 (coverage counters) to 1.25; 1.26 (epclntab); 1.27 (no more links). */
const LAYOUTS: readonly Layout[] = [
  { types: 35, etypes: 36, itablinks: 45 },
  { types: 37, etypes: 38, itablinks: 47 },
  { types: 37, etypes: 38, itablinks: 48 },
  { types: 37, etypes: 39, itaboffset: 40 },
];

/**
 * By which layout, is told by the words themselves: a slice repeats its length as its capacity,
 * and an itab points to two types. No release is asked for, so that a new one is either read right
 * or not at all.
 */
export function findModuleTypes(image: Image, pclntab: GoPclntab): ModuleTypes | undefined {
  const { moduledata } = pclntab;
  const { header, endian } = image.elf;
  const isReadable = header.class === 64 && endian.name === 'LE';
  if (moduledata === undefined || !isReadable) return undefined;
  const base = Number(moduledata.vaddr);
  for (const layout of LAYOUTS) {
    const start = image.pointer(base + 8 * layout.types);
    const end = image.pointer(base + 8 * layout.etypes);
    if (!(start > 0) || !(end > start)) continue;
    if (end - start > ANALYZE_LIMITS.typeBytes) continue;
    const itabs = itabsOf(image, base, layout, start, end);
    if (itabs === undefined) continue;
    const found = { start, end, itabs };
    if (firstItabFits(image, found)) return found;
  }
  return undefined;
}

function itabsOf(
  image: Image,
  base: number,
  layout: Layout,
  start: number,
  end: number,
): ModuleTypes['itabs'] | undefined {
  if (layout.itablinks !== undefined) {
    const at = base + 8 * layout.itablinks;
    const [list, length] = [image.pointer(at), image.word(at + 8)];
    if (length !== image.word(at + 16) || !(list > 0) || !(length > 0)) return undefined;
    if (length > ANALYZE_LIMITS.itabs) return undefined;
    return { at: list, sizeBytes: 8 * length, isList: true };
  }
  const [offset, sizeBytes] = [40, 41].map((index) => image.word(base + 8 * index)) as [
    number,
    number,
  ];
  if (!(offset > 0) || !(sizeBytes > 0) || start + offset + sizeBytes > end) return undefined;
  return { at: start + offset, sizeBytes, isList: false };
}

function firstItabFits(image: Image, types: ModuleTypes): boolean {
  const { at, isList } = types.itabs;
  const itab = isList ? image.pointer(at) : at;
  const isType = (vaddr: number): boolean => vaddr >= types.start && vaddr < types.end;
  return isType(image.pointer(itab)) && isType(image.pointer(itab + 8));
}
