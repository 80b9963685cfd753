// SPDX-License-Identifier: Apache-2.0
// speedscope's own format (https://www.speedscope.app/file-format-schema.json): frames shared by
// "sampled" profiles, of which a viewer shows one at a time.
import { aggregate, type Rows } from '../model/aggregate.ts';
import { frameTexts, processText } from '../model/frameText.ts';
import type { Profile } from '../model/profile.ts';
import { weighing } from '../model/weights.ts';

/** Processes with a profile of their own, the heaviest first; all are in the first profile. */
const MOST_PROCESSES = 64;
const ROWS_PER_CHUNK = 4_096;

export interface SpeedscopeOptions {
  /** What the viewer calls the document. */
  readonly name: string;
  /** Name and version of the tool. */
  readonly exporter: string;
}

/** Rows of one profile of the document. */
interface Part {
  readonly name: string;
  readonly kind: number;
  readonly rows: readonly number[];
  readonly hasProcessFrame: boolean;
}

/** The document in pieces: one string could exceed what JavaScript can hold. */
export function* writeSpeedscope(profile: Profile, options: SpeedscopeOptions): Generator<string> {
  const rows = aggregate(profile, 'process');
  const parts = partsOf(profile, rows);
  const functions = functionsOf(profile);
  yield `{"$schema":"https://www.speedscope.app/file-format-schema.json",`;
  yield `"name":${json(options.name)},"exporter":${json(options.exporter)},`;
  yield '"activeProfileIndex":0,"shared":{"frames":[';
  yield* writeFrames(profile, functions);
  yield ']},"profiles":[';
  for (const [i, part] of parts.entries()) {
    if (i > 0) yield ',';
    yield* writePart(profile, functions, rows, part);
  }
  yield ']}\n';
}

/** The functions that a viewer tells apart. */
interface Functions {
  /** Frame → index. */
  readonly indexOf: Uint32Array;
  /** JSON of each. */
  readonly texts: readonly string[];
}

/**
 * To speedscope each frame is one thing, whatever its name: the addresses and lines of one function
 * must be one frame. Its line is where the function starts, if that is known.
 */
function functionsOf(profile: Profile): Functions {
  const { frames, functions, strings } = profile;
  const textOf = frameTexts(profile);
  const known = new Map<string, number>();
  const texts: string[] = [];
  const indexOf = new Uint32Array(frames.count);
  for (let i = 0; i < frames.count; i++) {
    const fn = frames.function[i]!;
    const file = fn < 0 ? '' : strings[functions.fileName[fn]!]!;
    const line = fn < 0 ? 0 : functions.startLine[fn]!;
    const fields = [`"name":${json(textOf(i))}`];
    if (file !== '') fields.push(`"file":${json(file)}`);
    if (line > 0) fields.push(`"line":${line}`);
    const text = `{${fields.join()}}`;
    let index = known.get(text);
    if (index === undefined) {
      index = texts.push(text) - 1;
      known.set(text, index);
    }
    indexOf[i] = index;
  }
  return { indexOf, texts };
}

/** The functions, then a frame for each process. */
function* writeFrames(profile: Profile, { texts }: Functions): Generator<string> {
  const processes = profile.processes.map((_, i) => `{"name":${json(processText(profile, i))}}`);
  const all = [...texts, ...processes];
  for (let from = 0; from < all.length; from += ROWS_PER_CHUNK) {
    yield (from > 0 ? ',' : '') + all.slice(from, from + ROWS_PER_CHUNK).join();
  }
}

function partsOf(profile: Profile, rows: Rows): Part[] {
  const parts: Part[] = [];
  for (const [kind, { type }] of profile.kinds.entries()) {
    const sums = rows.sums[kind]!;
    const used = Array.from({ length: rows.count }, (_, row) => row).filter(
      (row) => sums[row]! > 0,
    );
    if (used.length === 0) continue;
    used.sort((a, b) => sums[b]! - sums[a]!);
    const byProcess = new Map<number, number[]>();
    for (const row of used) {
      const process = profile.samples.process[rows.sample[row]!]!;
      const known = byProcess.get(process);
      if (known === undefined) byProcess.set(process, [row]);
      else known.push(row);
    }
    const weight = (list: readonly number[]): number => list.reduce((sum, r) => sum + sums[r]!, 0);
    const heaviest = [...byProcess].sort((a, b) => weight(b[1]) - weight(a[1]));
    if (heaviest.length > 1) {
      parts.push({ name: `all processes, ${type}`, kind, rows: used, hasProcessFrame: true });
    }
    for (const [process, list] of heaviest.slice(0, MOST_PROCESSES)) {
      const name = `${processText(profile, process)}, ${type}`;
      parts.push({ name, kind, rows: list, hasProcessFrame: false });
    }
  }
  // The schema asks for a profile, even of nothing.
  if (parts.length === 0) {
    parts.push({ name: 'no samples', kind: 0, rows: [], hasProcessFrame: false });
  }
  return parts;
}

function* writePart(
  profile: Profile,
  functions: Functions,
  rows: Rows,
  part: Part,
): Generator<string> {
  const { unit, factor } = weighing(profile.kinds[part.kind] ?? { type: '', unit: 'count' });
  const sums = rows.sums[part.kind] ?? new Float64Array(0);
  const weights = part.rows.map((row) => Math.round(sums[row]! * factor));
  const endValue = weights.reduce((sum, weight) => sum + weight, 0);
  const unitText = unit === 'count' ? 'none' : unit;
  yield `{"type":"sampled","name":${json(part.name)},"unit":"${unitText}",`;
  yield `"startValue":0,"endValue":${endValue},"samples":[`;
  for (let from = 0; from < part.rows.length; from += ROWS_PER_CHUNK) {
    const some = part.rows.slice(from, from + ROWS_PER_CHUNK);
    const text = some.map((row) =>
      stackText(profile, functions, rows.sample[row]!, part.hasProcessFrame),
    );
    yield (from > 0 ? ',' : '') + text.join();
  }
  yield '],"weights":[';
  for (let from = 0; from < weights.length; from += ROWS_PER_CHUNK) {
    yield (from > 0 ? ',' : '') + weights.slice(from, from + ROWS_PER_CHUNK).join();
  }
  yield ']}';
}

/** Frame numbers, outermost first. */
function stackText(
  profile: Profile,
  { indexOf, texts }: Functions,
  sample: number,
  hasProcessFrame: boolean,
): string {
  const { samples, stacks } = profile;
  const stack = samples.stack[sample]!;
  const frames = stacks.frames.subarray(stacks.offsets[stack], stacks.offsets[stack + 1]);
  const list = Array.from(frames, (frame) => indexOf[frame]!);
  if (hasProcessFrame) list.push(texts.length + samples.process[sample]!);
  return `[${list.reverse().join()}]`;
}

/** JSON text; lone surrogates, as undecodable bytes of a name are, become U+FFFD. */
function json(text: string): string {
  return JSON.stringify(text.replace(/[\ud800-\udfff]/gu, '\ufffd'));
}
