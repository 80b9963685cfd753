// SPDX-License-Identifier: Apache-2.0
// speedscope's own format (https://www.speedscope.app/file-format-schema.json): "sampled" profiles,
// and "evented" ones, whose open and close events become stacks with the time between two events.
import type { ProfileKind } from '../model/profile.ts';
import { ProfileBuilder } from '../model/profileBuilder.ts';
import { ProfileFormatError, ReadProblems, type ReadResult } from './diagnostics.ts';
import { READ_LIMITS } from './limits.ts';
import { clip } from './otlpAttributes.ts';

/** Nanoseconds of a unit of speedscope; others are counts. */
const UNIT_NS: Readonly<Record<string, number>> = {
  nanoseconds: 1,
  microseconds: 1e3,
  milliseconds: 1e6,
  seconds: 1e9,
};

/** @throws ProfileFormatError for what is no such document */
export function readSpeedscope(bytes: Uint8Array): ReadResult {
  const document = parse(bytes);
  const problems = new ReadProblems();
  const reader = new SpeedscopeReader(listOf(memberOf(document, 'shared'), 'frames'), problems);
  const profiles = listOf(document, 'profiles');
  // Our own files have everything in the first, and then each process again.
  const all = profiles.filter((one) => /^all processes/.test(textOf(one, 'name')));
  for (const profile of all.length > 0 ? all : profiles) reader.profile(profile);
  return reader.finish();
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new ProfileFormatError(`no JSON: ${(error as Error).message}`, 'document');
  }
}

class SpeedscopeReader {
  readonly #kinds: ProfileKind[] = [];
  readonly #builder = new ProfileBuilder(this.#kinds);
  readonly #problems: ReadProblems;
  readonly #frames: readonly unknown[];
  readonly #numbers = new Map<number, number>();

  constructor(frames: readonly unknown[], problems: ReadProblems) {
    this.#frames = frames;
    this.#problems = problems;
  }

  profile(profile: unknown): void {
    const type = textOf(profile, 'type');
    const unit = textOf(profile, 'unit');
    const factor = UNIT_NS[unit] ?? 1;
    const kind = this.#kind(unit);
    const process = this.#builder.process({
      pid: 0,
      name: clip(textOf(profile, 'name')),
      executable: '',
      containerId: '',
      serviceName: '',
    });
    const add = (frames: readonly unknown[], weight: unknown): void =>
      this.#sample(kind, process, frames, Number(weight) * factor);
    if (type === 'sampled') {
      const weights = listOf(profile, 'weights');
      for (const [i, frames] of listOf(profile, 'samples').entries()) {
        add(Array.isArray(frames) ? frames : [], weights[i] ?? 0);
      }
    } else if (type === 'evented') this.#events(profile, add);
    else this.#problems.add('profile.type', `${clip(type) || 'none'} is not known`);
  }

  finish(): ReadResult {
    return { profile: this.#builder.finish(0n, 0), problems: this.#problems.list() };
  }

  #kind(unit: string): number {
    const kind: ProfileKind =
      unit in UNIT_NS
        ? { type: 'time', unit: 'nanoseconds' }
        : { type: unit === 'bytes' ? 'bytes' : 'samples', unit: unit === 'bytes' ? unit : 'count' };
    const known = this.#kinds.findIndex(({ type }) => type === kind.type);
    return known >= 0 ? known : this.#kinds.push(kind) - 1;
  }

  #events(profile: unknown, add: (frames: readonly unknown[], weight: number) => void): void {
    const open: unknown[] = [];
    let lastAt = Number(memberOf(profile, 'startValue') ?? 0);
    for (const event of listOf(profile, 'events')) {
      const at = Number(memberOf(event, 'at'));
      if (at > lastAt && open.length > 0) add(open, at - lastAt);
      if (at > lastAt) lastAt = at;
      const frame = memberOf(event, 'frame');
      if (textOf(event, 'type') === 'O') open.push(frame);
      else if (open.at(-1) === frame) open.pop();
      else this.#problems.add('event', 'closes a frame that is not the innermost: stepped over');
      if (open.length > READ_LIMITS.stackFrames) {
        this.#problems.add('event', 'more frames than a stack may have: the rest is left out');
        return;
      }
    }
  }

  #sample(kind: number, process: number, frames: readonly unknown[], value: number): void {
    if (this.#builder.sampleCount >= READ_LIMITS.samples) {
      this.#problems.add('samples', 'more samples than are read: left out');
      return;
    }
    const innermost = frames.slice(-READ_LIMITS.stackFrames).reverse();
    const numbers = innermost.flatMap((index) => this.#frame(index));
    this.#builder.sample({
      kind,
      stack: this.#builder.stack(numbers),
      process,
      threadId: 0,
      threadName: 0,
      value: Number.isFinite(value) ? value : 0,
      timeNs: Number.NaN,
      cpu: -1,
    });
  }

  #frame(index: unknown): number[] {
    const known = this.#numbers.get(index as number);
    if (known !== undefined) return [known];
    const frame = typeof index === 'number' ? this.#frames[index] : undefined;
    if (frame === undefined) {
      this.#problems.add('samples', 'points beyond the list of frames');
      return [];
    }
    const line = Number(memberOf(frame, 'line') ?? 0);
    const number = this.#builder.frame({
      kind: '',
      functionName: clip(textOf(frame, 'name')),
      fileName: clip(textOf(frame, 'file')),
      functionStartLine: line > 0 && line <= 0xffff_ffff ? Math.floor(line) : 0,
    });
    this.#numbers.set(index as number, number);
    return [number];
  }
}

function memberOf(from: unknown, key: string): unknown {
  return typeof from === 'object' && from !== null
    ? (from as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function listOf(from: unknown, key: string): readonly unknown[] {
  const list = memberOf(from, key);
  return Array.isArray(list) ? list : [];
}

function textOf(from: unknown, key: string): string {
  const text = memberOf(from, key);
  return typeof text === 'string' ? text : '';
}
