// SPDX-License-Identifier: Apache-2.0
// Folded stacks: `process;outermost;…;innermost value`, one stack a line, as stackcollapse-perf.pl
// writes them and flamegraph.pl, inferno and speedscope read them.
import { aggregate } from './aggregate.ts';
import { frameTexts } from './frameText.ts';
import type { Profile } from './profile.ts';

export interface FoldedOptions {
  /** Index of the kind whose values are written. */
  readonly kind: number;
}

const LINES_PER_CHUNK = 4_096;

/** The lines in alphabetical order, so that two profiles can be compared as text. */
export function* writeFolded(profile: Profile, options: FoldedOptions): Generator<string> {
  const { samples, stacks, processes } = profile;
  const rows = aggregate(profile, 'process');
  const sums = rows.sums[options.kind];
  const rawTextOf = frameTexts(profile);
  const texts = new Map<number, string>();
  const textOf = (frame: number): string => {
    let text = texts.get(frame);
    if (text === undefined) {
      text = escapeFolded(rawTextOf(frame));
      texts.set(frame, text);
    }
    return text;
  };
  const lines = new Map<string, number>();
  for (let row = 0; row < rows.count; row++) {
    const value = sums?.[row] ?? 0;
    if (value === 0) continue;
    const sample = rows.sample[row]!;
    const parts = [escapeFolded(processes[samples.process[sample]!]?.name || '[unknown]')];
    const stack = samples.stack[sample]!;
    for (let i = stacks.offsets[stack + 1]!; --i >= stacks.offsets[stack]!; ) {
      parts.push(textOf(stacks.frames[i]!));
    }
    const line = parts.join(';');
    lines.set(line, (lines.get(line) ?? 0) + value);
  }
  let chunk = '';
  let inChunk = 0;
  for (const line of [...lines.keys()].sort()) {
    chunk += `${line} ${Math.round(lines.get(line)!)}\n`;
    if (++inChunk < LINES_PER_CHUNK) continue;
    yield chunk;
    chunk = '';
    inChunk = 0;
  }
  if (chunk !== '') yield chunk;
}

/** A semicolon separates frames and a line feed stacks: neither may stand in a name. */
export function escapeFolded(name: string): string {
  return /[;\x00-\x1f\x7f]/.test(name)
    ? name.replaceAll(';', ':').replace(/[\x00-\x1f\x7f]/g, ' ')
    : name;
}
