// SPDX-License-Identifier: Apache-2.0
// From a tree to rectangles: a row a depth, x from 0 to 1 of the root's width. Nodes too narrow to
// be seen come out as strips, so that weight is never blank.
import { MAX_DEPTH, type Tree, widthsOf } from './tree.ts';

export interface Rows {
  readonly tree: Tree;
  /** Left edge and width as shares of the root. */
  readonly start: Float64Array;
  readonly width: Float64Array;
  /** Nodes of row r: `first[r]` to `first[r + 1]`, from left to right. */
  readonly first: Int32Array;
  readonly rowCount: number;
}

/** @param tree ordered by `orderByWeight` */
export function layOut(tree: Tree): Rows {
  const count = tree.parent.length;
  const weights = widthsOf(tree);
  const all = weights[0]! || 1;
  const start = new Float64Array(count);
  const width = new Float64Array(count);
  const next = new Float64Array(count);
  width[0] = 1;
  for (let node = 1; node < count; node++) {
    const above = tree.parent[node]!;
    const left = next[above]!;
    // Damaged totals must not push children out of their parent.
    const room = start[above]! + width[above]! - left;
    start[node] = left;
    width[node] = Math.max(0, Math.min(weights[node]! / all, room));
    next[above] = left + width[node]!;
    next[node] = left;
  }
  const rowCount = Math.min(MAX_DEPTH, (tree.depth[count - 1] ?? 0) + 1);
  const first = new Int32Array(rowCount + 1).fill(count);
  for (let node = count - 1; node >= 0; node--) {
    if (tree.depth[node]! < rowCount) first[tree.depth[node]!] = node;
  }
  first[rowCount] = firstOfDepth(tree.depth, rowCount);
  return { tree, start, width, first, rowCount };
}

function firstOfDepth(depth: Int32Array, wanted: number): number {
  let low = 0;
  let high = depth.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (depth[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The part of the root's width that is shown. */
export interface Window {
  readonly left: number;
  readonly right: number;
}

export const WHOLE: Window = { left: 0, right: 1 };

/** First node of a row that ends right of x. */
export function firstEndingAfter(rows: Rows, row: number, x: number): number {
  let low = rows.first[row]!;
  let high = rows.first[row + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows.start[middle]! + rows.width[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** -1 where there is none. */
export function nodeAt(rows: Rows, row: number, x: number): number {
  if (row < 0 || row >= rows.rowCount) return -1;
  const node = firstEndingAfter(rows, row, x);
  return node < rows.first[row + 1]! && rows.start[node]! <= x ? node : -1;
}

/** One rectangle: `node`, or with `merged` a strip of several, of which `node` is the heaviest. */
export type Visit = (node: number, left: number, right: number, merged: boolean) => void;

/**
 * Calls back for what a row shows, in pixels from left to right; work is bounded by the pixels, not
 * by the nodes.
 * @param minPixels narrower nodes are merged
 */
export function visitRow(
  rows: Rows,
  row: number,
  view: Window,
  pixels: number,
  minPixels: number,
  visit: Visit,
): void {
  const scale = pixels / (view.right - view.left);
  const end = rows.first[row + 1]!;
  let node = firstEndingAfter(rows, row, view.left);
  while (node < end) {
    const left = (rows.start[node]! - view.left) * scale;
    if (left >= pixels) return;
    const right = left + rows.width[node]! * scale;
    if (right - left >= minPixels) {
      visit(node, Math.max(0, left), Math.min(pixels, right), false);
      node++;
      continue;
    }
    const strip = stripFrom(rows, node, end, view, scale, minPixels);
    visit(strip.heaviest, Math.max(0, left), Math.min(pixels, strip.right), true);
    node = strip.next;
  }
}

interface Strip {
  readonly next: number;
  readonly right: number;
  readonly heaviest: number;
}

/** The narrow nodes that touch one another; steps of a pixel keep the work bounded. */
function stripFrom(
  rows: Rows,
  from: number,
  end: number,
  view: Window,
  scale: number,
  minPixels: number,
): Strip {
  let heaviest = from;
  let right = (rows.start[from]! + rows.width[from]! - view.left) * scale;
  let node = from + 1;
  const row = rows.tree.depth[from]!;
  while (node < end) {
    const left = (rows.start[node]! - view.left) * scale;
    const isNarrow = rows.width[node]! * scale < minPixels;
    if (!isNarrow || left > right + 0.5) break;
    if (rows.width[node]! > rows.width[heaviest]!) heaviest = node;
    right = left + rows.width[node]! * scale;
    // Below a tenth of a pixel the next to look at is the one that ends after this pixel.
    if (rows.width[node]! * scale >= 0.1) {
      node++;
      continue;
    }
    const beyond = firstEndingAfter(rows, row, view.left + (Math.floor(right) + 1) / scale);
    const skipped = Math.max(node + 1, Math.min(beyond, end));
    const last = skipped - 1;
    right = (rows.start[last]! + rows.width[last]! - view.left) * scale;
    node = skipped;
  }
  return { next: node, right, heaviest };
}

/** The heaviest child of a node; -1 without children. */
export function firstChildOf(rows: Rows, node: number): number {
  const { depth, parent } = rows.tree;
  const row = depth[node]! + 1;
  if (row >= rows.rowCount) return -1;
  const end = rows.first[row + 1]!;
  // Parents of a row stand in order: the first that is not before is found by halves.
  let low = rows.first[row]!;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (parent[middle]! < node) low = middle + 1;
    else high = middle;
  }
  return low < end && parent[low] === node ? low : -1;
}
