// SPDX-License-Identifier: Apache-2.0
// The same picture as a file that any browser or editor opens, with titles on hovering.
import { formatShare } from '../format/quantities.ts';
import { visibleText } from '../format/visibleText.ts';
import { visitRow, type Window } from '../layout/rows.ts';
import type { Theme } from '../theme/theme.ts';
import { type FlameScene, ROW_PIXELS } from './flamePicture.ts';

const WIDTH = 1_400;
const MARGIN = 12;
const HEADER = 34;
/** Narrower frames become strips without a title. */
const MIN_PIXELS = 1;
const LETTER_PIXELS = 6.6;
/** A file that an editor can still open. */
const MAX_RECTANGLES = 50_000;

export type SvgScene = Pick<
  FlameScene,
  'rows' | 'fills' | 'paleFills' | 'fillOfNode' | 'isPale' | 'labels' | 'up' | 'zoomed'
>;

/** @returns the text of an SVG file; what does not fit in MAX_RECTANGLES is left out, and says so */
export function flameSvg(scene: SvgScene, theme: Theme, title: string): string {
  const { rows, zoomed } = scene;
  const left = rows.start[zoomed]!;
  const view: Window = { left, right: left + Math.max(1e-9, rows.width[zoomed]!) };
  const parts: string[] = [];
  const height = HEADER + rows.rowCount * ROW_PIXELS + MARGIN;
  let rectangles = 0;
  for (let row = 0; row < rows.rowCount; row++) {
    const from = scene.up ? rows.rowCount - 1 - row : row;
    const top = HEADER + from * ROW_PIXELS;
    visitRow(rows, row, view, WIDTH, MIN_PIXELS, (node, x, right, merged) => {
      if (rectangles++ >= MAX_RECTANGLES) return;
      parts.push(rectangle(scene, node, x + MARGIN, top, right - x, merged));
    });
  }
  const isDark = theme === 'dark';
  const note = rectangles > MAX_RECTANGLES ? ` (the first ${MAX_RECTANGLES} frames)` : '';
  const ink = isDark ? '#e8e6e3' : '#1d1f23';
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH + 2 * MARGIN}" height="${height}" viewBox="0 0 ${WIDTH + 2 * MARGIN} ${height}" font-family="system-ui, sans-serif" font-size="12" style="max-width:100%;height:auto">
<rect width="100%" height="100%" fill="${isDark ? '#15171b' : '#ffffff'}"/>
<text x="${MARGIN}" y="22" font-size="15" font-weight="600" fill="${ink}">${escapeXml(title + note)}</text>
${parts.join('\n')}
</svg>
`;
}

function rectangle(
  scene: SvgScene,
  node: number,
  x: number,
  top: number,
  width: number,
  merged: boolean,
): string {
  const fills = merged || scene.isPale(node) ? scene.paleFills : scene.fills;
  const fill = fills[scene.fillOfNode[node]!]!;
  const shape =
    `<rect x="${x.toFixed(2)}" y="${top + (merged ? 3 : 0)}" width="${Math.max(0.3, width - 0.6).toFixed(2)}" ` +
    `height="${merged ? ROW_PIXELS - 7 : ROW_PIXELS - 1}" fill="${fill}"/>`;
  if (merged) return shape;
  const label = scene.labels.text(node);
  const letters = Math.floor((width - 8) / LETTER_PIXELS);
  const cut = label.length <= letters ? label : `${label.slice(0, Math.max(0, letters - 1))}…`;
  const text =
    letters < 3
      ? ''
      : `<text x="${(x + 4).toFixed(2)}" y="${top + 14}" fill="#16181d">${escapeXml(cut)}</text>`;
  const title = `${label} · ${formatShare(scene.rows.width[node]!)}`;
  return `<g><title>${escapeXml(title)}</title>${shape}${text}</g>`;
}

function escapeXml(text: string): string {
  return visibleText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
