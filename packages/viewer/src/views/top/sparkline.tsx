// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { seriesColor } from '../../draw/palette.ts';
import type { Theme } from '../../theme/theme.ts';

const WIDTH = 160;
const HEIGHT = 20;

/** Each line reaches its own top: it says when, the figures beside it say how much. */
export function Sparkline({
  values,
  from,
  count,
  theme,
}: {
  values: readonly number[];
  from: number;
  count: number;
  theme: Theme;
}): JSX.Element {
  return (
    <svg width={WIDTH} height={HEIGHT} aria-hidden="true" class="spark">
      <path d={pathOf(values, from, count)} fill={seriesColor(0, theme)} />
    </svg>
  );
}

function pathOf(values: readonly number[], from: number, count: number): string {
  let most = 0;
  for (let at = 0; at < count; at++) most = Math.max(most, values[from + at] ?? 0);
  if (most <= 0 || count < 1) return '';
  const step = WIDTH / count;
  const parts = [`M0 ${HEIGHT}`];
  for (let at = 0; at < count; at++) {
    const height = (Math.max(0, values[from + at] ?? 0) / most) * (HEIGHT - 2);
    const y = (HEIGHT - height).toFixed(1);
    parts.push(`L${(at * step).toFixed(1)} ${y}`, `L${((at + 1) * step - 0.6).toFixed(1)} ${y}`);
  }
  parts.push(`L${WIDTH} ${HEIGHT}Z`);
  return parts.join('');
}
