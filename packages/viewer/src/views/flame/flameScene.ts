// SPDX-License-Identifier: Apache-2.0
// What a flame chart looks like: fills, labels and what is marked, from a model and the choices.
import { type FlameScene, type Ink, LabelCache } from '../../draw/flamePicture.ts';
import { changeFills, framePalette } from '../../draw/palette.ts';
import { formatDelta, formatWeight } from '../../format/quantities.ts';
import { visibleText } from '../../format/visibleText.ts';
import { CHANGE_STEPS, changeOf } from '../../layout/difference.ts';
import type { FlamePart } from '../../layout/flameModel.ts';
import { frameText } from '../../layout/functions.ts';
import type { Coloring } from '../../state/viewState.ts';
import { sheetColor } from '../../theme/sheetColor.ts';
import type { Theme } from '../../theme/theme.ts';

/** Longer labels fit on no screen. */
const LABEL_CHARACTERS = 300;

export type Look = Omit<FlameScene, 'view' | 'selected' | 'zoomed' | 'up' | 'matches'>;

export function lookOf(
  model: FlamePart,
  coloring: Coloring,
  theme: Theme,
  unit: string,
  rootLabel: string,
): Look {
  const { frames, rows, tree } = model;
  const count = tree.parent.length;
  const fillOfNode = new Uint16Array(count);
  const common = {
    rows,
    fillOfNode,
    isPale: (node: number) => frames.inlined[tree.frame[node]!] === 1,
    ink: readInk(),
    labels: new LabelCache(count, labelOf(model, unit, rootLabel)),
  };
  const { steps } = model;
  if (steps !== undefined) {
    for (let node = 0; node < count; node++) fillOfNode[node] = steps[node]! + CHANGE_STEPS;
    const fills = changeFills(theme);
    return { ...common, fills, paleFills: fills };
  }
  const palette = framePalette(frames, coloring, theme);
  const fills = [...palette.fills, sheetColor('--root')];
  for (let node = 0; node < count; node++) {
    const frame = tree.frame[node]!;
    fillOfNode[node] = frame < 0 ? fills.length - 1 : palette.ofFrame[frame]!;
  }
  return { ...common, fills, paleFills: [...palette.paleFills, sheetColor('--root')] };
}

function labelOf(model: FlamePart, unit: string, rootLabel: string): (node: number) => string {
  const { base, frames, tree, whole } = model;
  return (node) => {
    const frame = tree.frame[node]!;
    if (frame < 0) return `${rootLabel} · ${formatWeight(tree.total[node]!, unit)}`;
    const name = visibleText(frameText(frames, frame, 'name'), LABEL_CHARACTERS);
    const marked = frames.inlined[frame] === 1 ? `↳ ${name}` : name;
    if (base === undefined) return marked;
    const change = changeOf(tree.total[node]!, whole, tree.baseTotal![node]!, base);
    return change.isCertain ? `${formatDelta(change.delta)} ${marked}` : marked;
  };
}

function readInk(): Ink {
  return {
    text: sheetColor('--frame-text'),
    fadedText: sheetColor('--frame-faded-text'),
    faded: sheetColor('--frame-faded'),
    outline: sheetColor('--frame-outline'),
    match: sheetColor('--match'),
  };
}
