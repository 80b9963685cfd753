// SPDX-License-Identifier: Apache-2.0
import { PROFILE_LIMITS } from '../limits.ts';

/** Executable memory of a process. User addresses are exact as numbers. */
export interface ProcessMapping {
  readonly start: number;
  /** First address behind it. */
  readonly end: number;
  readonly fileOffset: number;
  /** The helper's number of the file. */
  readonly fileRef: number;
}

/** Index of the first mapping that ends above the address. */
function lowerBound(list: readonly ProcessMapping[], address: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]!.end <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts one mapping into the sorted list; it takes the place of what it covers, as mmap(2) does. */
export function addMapping(list: ProcessMapping[], added: ProcessMapping): void {
  const from = lowerBound(list, added.start);
  let to = from;
  const pieces: ProcessMapping[] = [];
  while (to < list.length && list[to]!.start < added.end) {
    const old = list[to++]!;
    if (old.start < added.start) pieces.push({ ...old, end: added.start });
  }
  pieces.push(added);
  const last = to > from ? list[to - 1]! : undefined;
  if (last !== undefined && last.end > added.end) {
    const cut = added.end - last.start;
    pieces.push({ ...last, start: added.end, fileOffset: last.fileOffset + cut });
  }
  if (list.length - (to - from) + pieces.length > PROFILE_LIMITS.mappingsPerProcess) return;
  list.splice(from, to - from, ...pieces);
}

/** The mapping that holds the address. */
export function mappingAt(
  list: readonly ProcessMapping[],
  address: number,
): ProcessMapping | undefined {
  const mapping = list[lowerBound(list, address)];
  return mapping !== undefined && mapping.start <= address ? mapping : undefined;
}
