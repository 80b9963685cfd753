// SPDX-License-Identifier: Apache-2.0
import type { HeatMap } from '../contract.ts';

export interface HeatScene {
  readonly map: HeatMap;
  readonly steps: Uint8Array;
  readonly fills: readonly string[];
  /** First and last cell of what is being chosen; -1 for nothing. */
  readonly first: number;
  readonly last: number;
  readonly cursor: number;
  readonly mark: string;
  readonly outline: string;
}

/** Time runs down each column, then to the next one. */
export function drawHeat(
  context: CanvasRenderingContext2D,
  scene: HeatScene,
  width: number,
  height: number,
): void {
  const { map, steps, fills } = scene;
  const cellWidth = width / Math.max(1, map.columns);
  const cellHeight = height / map.rows;
  context.fillStyle = fills[0]!;
  context.fillRect(0, 0, width, height);
  const gap = cellWidth > 4 ? 0.5 : 0;
  // Grouped by colour: setting a fill costs more than a rectangle.
  for (let step = 1; step < fills.length; step++) {
    context.fillStyle = fills[step]!;
    for (let cell = 0; cell < steps.length; cell++) {
      if (steps[cell] !== step) continue;
      const column = Math.floor(cell / map.rows);
      const row = cell % map.rows;
      context.fillRect(
        column * cellWidth,
        row * cellHeight,
        Math.max(0.6, cellWidth - gap),
        cellHeight - gap,
      );
    }
  }
  drawMarks(context, scene, cellWidth, cellHeight);
}

function drawMarks(
  context: CanvasRenderingContext2D,
  scene: HeatScene,
  cellWidth: number,
  cellHeight: number,
): void {
  const { rows } = scene.map;
  if (scene.first >= 0) {
    const first = Math.min(scene.first, scene.last);
    const last = Math.max(scene.first, scene.last);
    context.fillStyle = scene.mark;
    for (let column = Math.floor(first / rows); column <= Math.floor(last / rows); column++) {
      const top = Math.max(first - column * rows, 0);
      const bottom = Math.min(last - column * rows, rows - 1);
      context.fillRect(
        column * cellWidth,
        top * cellHeight,
        cellWidth,
        (bottom - top + 1) * cellHeight,
      );
    }
  }
  if (scene.cursor < 0) return;
  context.strokeStyle = scene.outline;
  context.lineWidth = 2;
  context.strokeRect(
    Math.floor(scene.cursor / rows) * cellWidth,
    (scene.cursor % rows) * cellHeight,
    Math.max(3, cellWidth),
    Math.max(3, cellHeight),
  );
}
