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
    if (layer.rangeCount > 0 && !isHidden(pieces, layer)) pieces = underlay(pieces, layer, i);
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

function underlay(above: Pieces, layer: RowColumns, number: number): Pieces {
  const order = rangeOrder(layer);
  // Each piece above can cut one range in two.
  const result = emptyPieces(above.layers, 2 * above.count + order.length);
  let next = 0;
  let coveredTo = 0;
  const copyAbove = (): void => {
    coveredTo = Math.max(coveredTo, above.end[next]!);
    push(result, above.start[next]!, above.end[next]!, above.layer[next]!, above.range[next]!);
    next++;
  };
  for (let k = 0; k < order.length; k++) {
    const range = order[k]!;
    const following = k + 1 < order.length ? layer.start[order[k + 1]!]! : 0xffffffff;
    const end = Math.min(layer.end[range]!, following);
    let at = Math.max(layer.start[range]!, coveredTo);
    while (next < above.count && above.start[next]! <= at) {
      copyAbove();
      at = Math.max(at, coveredTo);
    }
    while (at < end) {
      const isCut = next < above.count && above.start[next]! < end;
      const pieceEnd = isCut ? above.start[next]! : end;
      if (at < pieceEnd) push(result, at, pieceEnd, number, range);
      at = end;
      if (!isCut) break;
      copyAbove();
      at = coveredTo;
      while (next < above.count && above.start[next]! <= at) {
        copyAbove();
        at = Math.max(at, coveredTo);
      }
    }
  }
  while (next < above.count) copyAbove();
  return result;
}

function push(pieces: Pieces, start: number, end: number, layer: number, range: number): void {
  const i = pieces.count++;
  pieces.start[i] = start;
  pieces.end[i] = end;
  pieces.layer[i] = layer;
  pieces.range[i] = range;
}

/** Gives all rules to the writer; returns where the last one ends. */
export function writePieces(pieces: Pieces, writer: TableWriter): number {
  let end = 0;
  for (let i = 0; i < pieces.count; i++) {
    const start = pieces.start[i]!;
    const isPadding = start - end <= UNWIND_LIMITS.paddingBytes && (start & 15) === 0;
    if (start > end && !(isPadding && i > 0)) writer.add(end, NONE_HEAD, 0);
    end = pieces.end[i]!;
    const rows = pieces.layers[pieces.layer[i]!]!;
    const range = pieces.range[i]!;
    writeRows(rows, rows.rowFirst[range]!, rows.rowEnd[range]!, start, end, writer);
  }
  return end;
}

/** The rows of one range that lie in a piece of it; the one that holds at its start comes first. */
function writeRows(
  rows: RowColumns,
  first: number,
  last: number,
  start: number,
  end: number,
  writer: TableWriter,
): void {
  let i = first;
  while (i + 1 < last && rows.at[i + 1]! <= start) i++;
  for (; i < last; i++) {
    const at = rows.at[i]!;
    if (at >= end) return;
    writer.add(Math.max(at, start), rows.head[i]!, rows.offsets[i]!);
  }
}
