// SPDX-License-Identifier: Apache-2.0
// Colours of frames. A palette is a list of fills and an index a frame (or a node), so that drawing
// touches no strings but the fills.
import { CHANGE_STEPS } from '../layout/difference.ts';
import { type Frames, frameText } from '../layout/functions.ts';
import { hashText } from '../layout/pathHash.ts';
import type { Coloring } from '../state/viewState.ts';
import type { Theme } from '../theme/theme.ts';

/** Hue, chroma of OKLCH by frame kind; lightness is the theme's, so that text stays readable. */
const KIND_COLORS: Readonly<Record<string, readonly [number, number]>> = {
  native: [210, 0.085],
  kernel: [265, 0.105],
  go: [190, 0.11],
  cpython: [65, 0.12],
  python: [65, 0.12],
  php: [92, 0.12],
  phpjit: [92, 0.12],
  jvm: [155, 0.12],
  hotspot: [155, 0.12],
  ruby: [310, 0.12],
  perl: [355, 0.12],
  v8js: [128, 0.12],
  nodejs: [128, 0.12],
  js: [128, 0.12],
  dotnet: [290, 0.13],
  beam: [330, 0.13],
  luajit: [245, 0.1],
  lua: [245, 0.1],
  rust: [45, 0.1],
  unknown: [0, 0],
  error: [25, 0.17],
  abort: [25, 0.17],
  abort_marker: [25, 0.17],
};
/** Hues that are told apart, for modules, files and kinds that are not known. */
const HASHED_HUES = 24;

export interface Palette {
  readonly fills: readonly string[];
  /** Of inlined frames, and of strips of narrow ones. */
  readonly paleFills: readonly string[];
  readonly ofFrame: Uint16Array;
}

interface Lightness {
  readonly fill: number;
  readonly pale: number;
}

const LIGHTNESS: Readonly<Record<Theme, Lightness>> = {
  light: { fill: 0.84, pale: 0.91 },
  dark: { fill: 0.75, pale: 0.66 },
};

export function framePalette(frames: Frames, coloring: Coloring, theme: Theme): Palette {
  const ofFrame = new Uint16Array(frames.name.length);
  const indexes = new Map<string, number>();
  const colors: (readonly [number, number])[] = [];
  const indexOf = (text: string): number => {
    const color = colorOf(text, coloring);
    const key = color.join();
    const known = indexes.get(key);
    if (known !== undefined) return known;
    indexes.set(key, colors.length);
    return colors.push(color) - 1;
  };
  // Plus 1; once for each text, not for each of its frames.
  const ofText = new Uint16Array(frames.strings.length);
  const column = frames[coloring];
  for (let frame = 0; frame < ofFrame.length; frame++) {
    const text = column[frame]!;
    if (!ofText[text]) ofText[text] = indexOf(frameText(frames, frame, coloring)) + 1;
    ofFrame[frame] = ofText[text]! - 1;
  }
  const { fill, pale } = LIGHTNESS[theme];
  return {
    fills: colors.map(([hue, chroma]) => oklch(fill, chroma, hue)),
    paleFills: colors.map(([hue, chroma]) => oklch(pale, chroma * 0.75, hue)),
    ofFrame,
  };
}

function colorOf(text: string, coloring: Coloring): readonly [number, number] {
  if (text === '') return [0, 0];
  const known = coloring === 'kind' ? KIND_COLORS[text.toLowerCase()] : undefined;
  if (known !== undefined) return known;
  return [((hashText(text) >>> 7) % HASHED_HUES) * (360 / HASHED_HUES), 0.1];
}

export function kindColor(kind: string, theme: Theme): string {
  const [hue, chroma] = colorOf(kind, 'kind');
  return oklch(LIGHTNESS[theme].fill, chroma, hue);
}

/** Lines of a plot need more contrast than areas with text on them. */
export function seriesColor(index: number, theme: Theme): string {
  const hue = (250 + index * 137.5) % 360;
  return oklch(theme === 'dark' ? 0.7 : 0.62, 0.13, hue);
}

/**
 * Fill of a step from -CHANGE_STEPS to CHANGE_STEPS, at step + CHANGE_STEPS. Blue and orange are told
 * apart with every common colour blindness; the labels carry the sign as well.
 */
export function changeFills(theme: Theme): readonly string[] {
  const fills: string[] = [];
  for (let step = -CHANGE_STEPS; step <= CHANGE_STEPS; step++) {
    const strength = Math.abs(step) / CHANGE_STEPS;
    const hue = step < 0 ? 250 : 55;
    const lightness = theme === 'dark' ? 0.6 + strength * 0.16 : 0.93 - strength * 0.17;
    fills.push(oklch(lightness, strength * 0.15, hue));
  }
  return fills;
}

/** From nothing to the most, for heat maps. */
export function heatFills(theme: Theme, steps: number): readonly string[] {
  const fills: string[] = [];
  for (let step = 0; step < steps; step++) {
    const share = step / (steps - 1);
    const lightness = theme === 'dark' ? 0.24 + share * 0.62 : 0.97 - share * 0.5;
    fills.push(oklch(lightness, 0.02 + share * 0.15, 75 - share * 40));
  }
  return fills;
}

/**
 * As `#rrggbb`, which a canvas parses far faster. Conversion by Björn Ottosson's matrices; what lies
 * outside of sRGB is clipped.
 */
function oklch(lightness: number, chroma: number, hue: number): string {
  const angle = (hue * Math.PI) / 180;
  const a = chroma * Math.cos(angle);
  const b = chroma * Math.sin(angle);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return `#${linear.map(channel).join('')}`;
}

function channel(linear: number): string {
  const clipped = Math.min(1, Math.max(0, linear));
  const encoded = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255)
    .toString(16)
    .padStart(2, '0');
}
