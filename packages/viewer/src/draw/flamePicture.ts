// SPDX-License-Identifier: Apache-2.0
// Draws the visible rows of a tree onto a canvas. Work is bounded by the pixels of the picture.
import { type Rows, visitRow, type Window } from '../layout/rows.ts';

export const ROW_PIXELS = 20;
/** Narrower frames are merged into strips. */
const MIN_PIXELS = 2;
const LABEL_PIXELS = 26;
const PADDING_PIXELS = 5;

/** Colours from the sheet. */
export interface Ink {
  readonly text: string;
  readonly fadedText: string;
  readonly faded: string;
  readonly outline: string;
  readonly match: string;
}

export interface FlameScene {
  readonly rows: Rows;
  readonly view: Window;
  /** Root at the bottom. */
  readonly up: boolean;
  /** Fill of a node: index into fills. */
  readonly fills: readonly string[];
  readonly paleFills: readonly string[];
  readonly fillOfNode: Uint16Array;
  readonly isPale: (node: number) => boolean;
  /** What stands in a node: longest first, down to ''. */
  readonly labels: LabelCache;
  /** 1 a node that a search found; absent without a search. */
  readonly matches: Uint8Array | undefined;
  readonly selected: number;
  /** Nodes above it are faded. */
  readonly zoomed: number;
  readonly ink: Ink;
}

/** Measured once a text, not once a frame of the picture. */
export class LabelCache {
  readonly #texts: (string | undefined)[];
  readonly #widths: Float32Array;
  readonly #textOf: (node: number) => string;

  constructor(nodes: number, textOf: (node: number) => string) {
    this.#texts = new Array<string | undefined>(nodes);
    this.#widths = new Float32Array(nodes);
    this.#textOf = textOf;
  }

  /** The whole text of a node. */
  text(node: number): string {
    const known = this.#texts[node];
    if (known !== undefined) return known;
    const text = this.#textOf(node);
    this.#texts[node] = text;
    return text;
  }

  /** The text of a node, cut to a width. */
  fitted(context: CanvasRenderingContext2D, node: number, pixels: number): string {
    const text = this.text(node);
    if (this.#widths[node] === 0) this.#widths[node] = context.measureText(text).width;
    const width = this.#widths[node]!;
    if (width <= pixels) return text;
    // Letters differ in width: cut by their mean, then by what is measured.
    let letters = Math.floor((text.length * pixels) / width) - 1;
    while (letters >= 2) {
      const cut = `${text.slice(0, letters)}…`;
      if (context.measureText(cut).width <= pixels) return cut;
      letters -= 1 + (letters >> 4);
    }
    return '';
  }
}

/** @param scrollTop, height of what is visible, in CSS pixels */
export function drawFlame(
  context: CanvasRenderingContext2D,
  scene: FlameScene,
  width: number,
  height: number,
  scrollTop: number,
): void {
  const { rows, up } = scene;
  context.clearRect(0, 0, width, height);
  context.textBaseline = 'middle';
  const pictureHeight = rows.rowCount * ROW_PIXELS;
  for (let row = 0; row < rows.rowCount; row++) {
    const top = (up ? pictureHeight - (row + 1) * ROW_PIXELS : row * ROW_PIXELS) - scrollTop;
    if (top > height || top + ROW_PIXELS < 0) continue;
    drawRow(context, scene, row, top, width);
  }
}

function drawRow(
  context: CanvasRenderingContext2D,
  scene: FlameScene,
  row: number,
  top: number,
  width: number,
): void {
  const { ink, matches, rows } = scene;
  const isAbove = row < rows.tree.depth[scene.zoomed]!;
  visitRow(rows, row, scene.view, width, MIN_PIXELS, (node, left, right, merged) => {
    const index = scene.fillOfNode[node]!;
    const isFaded = isAbove || (matches !== undefined && matches[node] === 0);
    const isPale = merged || scene.isPale(node);
    context.fillStyle = isFaded ? ink.faded : (isPale ? scene.paleFills : scene.fills)[index]!;
    if (merged) {
      context.fillRect(left, top + 3, Math.max(0.75, right - left), ROW_PIXELS - 7);
      return;
    }
    const wide = right - left;
    context.fillRect(left, top, wide > 4 ? wide - 1 : wide - 0.4, ROW_PIXELS - 1);
    if (matches !== undefined && matches[node] === 1) {
      context.fillStyle = ink.match;
      context.fillRect(left, top + ROW_PIXELS - 4, wide - 1, 3);
    }
    if (node === scene.selected) outline(context, left, top, wide, ink);
    if (wide < LABEL_PIXELS) return;
    const label = scene.labels.fitted(context, node, wide - 2 * PADDING_PIXELS);
    context.fillStyle = isFaded ? ink.fadedText : ink.text;
    context.fillText(label, left + PADDING_PIXELS, top + ROW_PIXELS / 2);
  });
}

function outline(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  wide: number,
  ink: Ink,
): void {
  context.strokeStyle = ink.outline;
  context.lineWidth = 2;
  context.strokeRect(left + 1, top + 1, Math.max(1, wide - 3), ROW_PIXELS - 3);
}
