// SPDX-License-Identifier: Apache-2.0
// Layers of ranges → one table. A layer fills what the layers before it left open.
import { UNWIND_LIMITS } from '../limits.ts';
import { NONE_HEAD, type RowColumns } from './rowColumns.ts';
import { rangeOrder } from './sortRanges.ts';
import type { TableWriter } from './tableWriter.ts';

/** Pieces of ranges by ascending address, none of which overlap. */
export interface Pieces {
  count: number;
  start: Uint32Array;
  end: Uint32Array;
  /** Whose rows they are. */
  readonly layers: readonly RowColumns[];
  layer: Uint8Array;
  range: Uint32Array;
}

/**
 * The ranges of all layers, cut so that they do not overlap. Within a layer the range that starts
 * last wins, as in the binary search of .eh_frame_hdr; between layers the first one does.
 */
export function layRanges(layers: readonly RowColumns[]): Pieces {
  let pieces = emptyPieces(layers, 0);
  layers.forEach((layer, i) => {
    if (layer.rangeCount === 0) return;
    if (pieces.count === 0) pieces = piecesOf(layers, i);
    else if (!isHidden(pieces, layer)) pieces = underlay(pieces, piecesOf(layers, i));
  });
  return pieces;
}

/** Layers of so few ranges are looked at before everything is copied for them. */
const FEW_RANGES = 64;

/** True where nothing of a small layer can be seen: PLT stubs that the linker described. */
function isHidden(above: Pieces, layer: RowColumns): boolean {
  if (layer.rangeCount > FEW_RANGES) return false;
  for (let range = 0; range < layer.rangeCount; range++) {
    let at = layer.start[range]!;
    for (let i = lastNotAbove(above, at); i < above.count; i++) {
      if (i < 0 || above.start[i]! > at || above.end[i]! <= at) return false;
      at = above.end[i]!;
      if (at >= layer.end[range]!) break;
    }
    if (at < layer.end[range]!) return false;
  }
  return true;
}

function lastNotAbove(pieces: Pieces, at: number): number {
  let low = -1;
  let high = pieces.count;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (pieces.start[middle]! <= at) low = middle;
    else high = middle;
  }
  return low;
}

function emptyPieces(layers: readonly RowColumns[], capacity: number): Pieces {
  return {
    count: 0,
    start: new Uint32Array(capacity),
    end: new Uint32Array(capacity),
    layers,
    layer: new Uint8Array(capacity),
    range: new Uint32Array(capacity),
  };
}

/** Of one layer by itself. */
function piecesOf(layers: readonly RowColumns[], number: number): Pieces {
  const layer = layers[number]!;
  const { start, end, rangeCount } = layer;
  const order = layer.isSorted ? undefined : rangeOrder(layer);
  const result = emptyPieces(layers, rangeCount);
  const { start: starts, end: ends, range: ranges } = result;
  let count = 0;
  let range = order === undefined ? 0 : order[0]!;
  for (let k = 1; k <= rangeCount; k++) {
    const next = order === undefined || k === rangeCount ? k : order[k]!;
    const from = start[range]!;
    const to = k === rangeCount ? end[range]! : Math.min(end[range]!, start[next]!);
    if (from < to) {
      starts[count] = from;
      ends[count] = to;
      ranges[count++] = range;
    }
    range = next;
  }
  result.layer.fill(number, 0, count);
  result.count = count;
  return result;
}

/** Two lists as one: where both have something, `above` shows. */
function underlay(above: Pieces, below: Pieces): Pieces {
  // Each piece above can cut one in two.
  const result = emptyPieces(above.layers, 2 * above.count + below.count);
  let next = 0;
  let coveredTo = 0;
  for (let i = 0; i < above.count; i++) {
    const start = above.start[i]!;
    const reaching = firstReaching(below, start, next);
    copyPieces(result, below, next, reaching, coveredTo);
    next = reaching;
    if (next < below.count && below.start[next]! < start) {
      push(result, below, next, Math.max(below.start[next]!, coveredTo), start);
    }
    coveredTo = above.end[i]!;
    push(result, above, i, start, coveredTo);
    while (next < below.count && below.end[next]! <= coveredTo) next++;
  }
  copyPieces(result, below, next, below.count, coveredTo);
  return result;
}

/** The first from `from` on that ends above the address. */
function firstReaching(pieces: Pieces, at: number, from: number): number {
  let low = from;
  let high = pieces.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (pieces.end[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param coveredTo the first one shows from here on */
function copyPieces(to: Pieces, from: Pieces, first: number, end: number, coveredTo: number): void {
  if (first >= end) return;
  const at = to.count;
  to.start.set(from.start.subarray(first, end), at);
  to.end.set(from.end.subarray(first, end), at);
  to.layer.set(from.layer.subarray(first, end), at);
  to.range.set(from.range.subarray(first, end), at);
  to.start[at] = Math.max(to.start[at]!, coveredTo);
  to.count += end - first;
}

function push(to: Pieces, from: Pieces, i: number, start: number, end: number): void {
  if (start >= end) return;
  const at = to.count++;
  to.start[at] = start;
  to.end[at] = end;
  to.layer[at] = from.layer[i]!;
  to.range[at] = from.range[i]!;
}

/** Gives all rules to the writer; returns where the last one ends. */
export function writePieces(pieces: Pieces, writer: TableWriter): number {
  const { count, start: starts, end: ends, layer: numbers, range: ranges, layers } = pieces;
  let end = 0;
  for (let i = 0; i < count; i++) {
    const start = starts[i]!;
    const isPadding = start - end <= UNWIND_LIMITS.paddingBytes && (start & 15) === 0;
    if (start > end && !(isPadding && i > 0)) writer.add(end, NONE_HEAD, 0);
    end = ends[i]!;
    const { at, head, offsets, rowFirst, rowEnd } = layers[numbers[i]!]!;
    const last = rowEnd[ranges[i]!]!;
    let row = rowFirst[ranges[i]!]!;
    // The one that holds at the start comes first.
    while (row + 1 < last && at[row + 1]! <= start) row++;
    for (; row < last && at[row]! < end; row++) {
      writer.add(Math.max(at[row]!, start), head[row]!, offsets[row]!);
    }
  }
  return end;
}
