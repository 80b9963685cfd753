// SPDX-License-Identifier: Apache-2.0
// Folded stacks: `process;outermost;…;innermost value`, one stack a line, as stackcollapse-perf.pl
// writes them and flamegraph.pl, inferno and speedscope read them.
import { aggregate } from '../model/aggregate.ts';
import { frameTexts } from '../model/frameText.ts';
import type { Profile } from '../model/profile.ts';

export interface FoldedOptions {
  /** Index of the kind whose values are written. */
  readonly kind: number;
}

const CHUNK_CHARS = 262_144;
/** What sorting may take: the lines of 100,000 stacks of 30 frames are 100 MB. */
const SORT_BYTES = 268_435_456;

/**
 * Lines in alphabetical order, equal ones added up, so that two profiles can be compared as text.
 * Where they would take more than `sortBytes` they come as they are: readers add up equal ones.
 */
export function* writeFolded(
  profile: Profile,
  options: FoldedOptions,
  sortBytes: number = SORT_BYTES,
): Generator<string> {
  const { lengthOf, lineOf } = lineWriter(profile);
  const rows = aggregate(profile, 'process');
  const sums = rows.sums[options.kind] ?? new Float64Array(rows.count);
  let lengthBytes = 0;
  for (let row = 0; row < rows.count; row++) {
    if (sums[row]! > 0) lengthBytes += lengthOf(rows.sample[row]!);
  }
  const values = new Map<string, number>();
  let chunk = '';
  for (let row = 0; row < rows.count; row++) {
    const value = sums[row]!;
    if (value === 0) continue;
    const line = lineOf(rows.sample[row]!);
    if (lengthBytes <= sortBytes) {
      values.set(line, (values.get(line) ?? 0) + value);
      continue;
    }
    chunk += `${line} ${Math.round(value)}\n`;
    if (chunk.length < CHUNK_CHARS) continue;
    yield chunk;
    chunk = '';
  }
  for (const line of [...values.keys()].sort()) {
    chunk += `${line} ${Math.round(values.get(line)!)}\n`;
    if (chunk.length < CHUNK_CHARS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

interface LineWriter {
  /** Characters of a sample's line, without its value. */
  lengthOf(sample: number): number;
  lineOf(sample: number): string;
}

function lineWriter(profile: Profile): LineWriter {
  const { samples, stacks, processes } = profile;
  const rawTextOf = frameTexts(profile);
  const texts: (string | undefined)[] = new Array(profile.frames.count);
  const textOf = (frame: number): string => {
    let text = texts[frame];
    if (text === undefined) {
      text = escapeFolded(rawTextOf(frame));
      texts[frame] = text;
    }
    return text;
  };
  const framesOf = (sample: number): Uint32Array => {
    const stack = samples.stack[sample]!;
    return stacks.frames.subarray(stacks.offsets[stack], stacks.offsets[stack + 1]);
  };
  const lengths = new Int32Array(stacks.count).fill(-1);
  return {
    lengthOf: (sample) => {
      const stack = samples.stack[sample]!;
      if (lengths[stack]! < 0) {
        lengths[stack] = framesOf(sample).reduce((sum, frame) => sum + textOf(frame).length + 1, 0);
      }
      return lengths[stack]!;
    },
    lineOf: (sample) => {
      const parts = [escapeFolded(processes[samples.process[sample]!]?.name || '[unknown]')];
      const frames = framesOf(sample);
      for (let i = frames.length; --i >= 0; ) parts.push(textOf(frames[i]!));
      return parts.join(';');
    },
  };
}

/** A semicolon separates frames and a line feed stacks: neither may stand in a name. */
export function escapeFolded(name: string): string {
  return /[;\x00-\x1f\x7f]/.test(name)
    ? name.replaceAll(';', ':').replace(/[\x00-\x1f\x7f]/g, ' ')
    : name;
}
