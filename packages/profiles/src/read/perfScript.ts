// SPDX-License-Identifier: Apache-2.0
// The text of `perf script` (tools/perf/Documentation/perf-script.txt): a line that tells of the
// sample, a line for each frame, innermost first, then an empty line.
import type { ProfileKind } from '../model/profile.ts';
import { ProfileBuilder } from '../model/profileBuilder.ts';
import { ReadProblems, type ReadResult } from './diagnostics.ts';
import { READ_LIMITS } from './limits.ts';
import { clip } from './otlpAttributes.ts';
import { linesOf } from './textLines.ts';

/** `comm pid[/tid] [cpu] time: [period] event:`; comm may hold spaces. */
const HEAD =
  /^(.{1,256}?)\s+(\d+)(?:\/(\d+))?\s+(?:\[(\d+)\]\s+)?(\d+)\.(\d+):\s+(?:(\d+)\s+)?([^\s:]+(?::[^\s]+)?):?/;
/** `ffffffff81000000 symbol+0x1 (file)` */
const FRAME = /^\s+([0-9a-f]+)\s+(.+?)(?:\s+\(([^()]*(?:\([^()]*\)[^()]*)*)\))?\s*$/;
const SOURCE = /^\s+(\S+):(\d+)\s*$/;

/** `:u`, `:ppp` and the like of perf-list(1), which are no part of an event's name. */
const MODIFIERS = /:[ukhGHpPSDIWeb]+$/;

/** For sniffing. */
export function looksLikePerfScript(text: string): boolean {
  return text
    .split('\n', 64)
    .some((line) => HEAD.test(line) && !line.startsWith('#') && !/^\s/.test(line));
}

export function readPerfScript(bytes: Uint8Array): ReadResult {
  const reader = new PerfReader();
  let line = 0;
  for (const text of linesOf(bytes, reader.problems)) reader.line(text, ++line);
  return reader.finish();
}

interface Head {
  readonly kind: number;
  readonly process: number;
  readonly threadId: number;
  readonly threadName: number;
  readonly cpu: number;
  readonly timeNs: number;
  readonly value: number;
}

class PerfReader {
  readonly problems = new ReadProblems();
  readonly #kinds: ProfileKind[] = [];
  readonly #builder = new ProfileBuilder(this.#kinds);
  readonly #processes = new Map<string, number>();
  #head: Head | undefined;
  #frames: number[] = [];
  #firstNs = Number.NaN;
  #lastNs = 0;

  line(text: string, line: number): void {
    if (text.startsWith('#')) return;
    if (text.trim() === '') {
      this.#end();
      return;
    }
    if (/^\s/.test(text) && this.#head !== undefined) {
      this.#frame(text, line);
      return;
    }
    this.#end();
    const match = HEAD.exec(text);
    if (match === null) this.problems.add('line', 'neither a sample nor a frame', line);
    else this.#begin(match);
  }

  finish(): ReadResult {
    this.#end();
    const isTimed = !Number.isNaN(this.#firstNs);
    // The clock of perf counts from the start of the machine: only differences mean something.
    const durationNs = isTimed ? this.#lastNs - this.#firstNs : 0;
    return { profile: this.#builder.finish(0n, durationNs), problems: this.problems.list() };
  }

  #begin(match: RegExpExecArray): void {
    const [, comm, first, second, cpu, seconds, fraction, period, event] = match;
    const timeNs = Number(seconds) * 1e9 + Number(fraction!.padEnd(9, '0').slice(0, 9));
    if (Number.isNaN(this.#firstNs)) this.#firstNs = timeNs;
    if (timeNs > this.#lastNs) this.#lastNs = timeNs;
    const isClock = /^(cpu-clock|task-clock)/.test(event!);
    this.#head = {
      kind: this.#kind(
        event!.replace(/:+$/, '').replace(MODIFIERS, ''),
        isClock && period !== undefined,
      ),
      process: this.#process(comm!.trim(), Number(first)),
      threadId: Number(second ?? first),
      threadName: this.#builder.string(comm!.trim()),
      cpu: cpu === undefined ? -1 : Number(cpu),
      timeNs: Math.max(0, timeNs - this.#firstNs),
      value: isClock && period !== undefined ? Number(period) : 1,
    };
  }

  /** The periods of the clocks are nanoseconds; of all else samples are counted. */
  #kind(event: string, isTime: boolean): number {
    const unit = isTime ? 'nanoseconds' : 'count';
    const known = this.#kinds.findIndex((kind) => kind.type === event && kind.unit === unit);
    if (known >= 0) return known;
    if (this.#kinds.length >= READ_LIMITS.kinds) return 0;
    return this.#kinds.push({ type: clip(event), unit }) - 1;
  }

  #process(comm: string, pid: number): number {
    const key = `${pid} ${comm}`;
    let number = this.#processes.get(key);
    if (number === undefined) {
      const rest = { executable: '', containerId: '', serviceName: '' };
      number = this.#builder.process({ pid, name: clip(comm), ...rest });
      this.#processes.set(key, number);
    }
    return number;
  }

  #frame(text: string, line: number): void {
    const match = FRAME.exec(text);
    if (match === null) {
      // `-F +srcline` writes the source below its frame.
      if (!SOURCE.test(text)) this.problems.add('line', 'no frame', line);
      return;
    }
    if (this.#frames.length >= READ_LIMITS.stackFrames) {
      this.problems.add('line', 'more frames than a stack may have: cut', line);
      return;
    }
    const [, address, symbol, file = ''] = match;
    const isInlined = file === 'inlined';
    const name = symbol!.replace(/\+0x[0-9a-f]+$/, '');
    const fileName = clip(file.replace(/ \(deleted\)$/, ''));
    const isKnown = name !== '[unknown]';
    this.#frames.push(
      this.#builder.frame({
        kind: /^\[(kernel|guest\.kernel|\w+\])|\.ko(\.\w+)?$|vmlinux/.test(fileName)
          ? 'kernel'
          : 'native',
        address: BigInt(`0x${address!.slice(-16)}`),
        functionName: isKnown ? clip(name) : '',
        inlined: isInlined,
        mapping:
          fileName === '' || isInlined || fileName === '[unknown]' ? undefined : { fileName },
      }),
    );
  }

  #end(): void {
    const head = this.#head;
    this.#head = undefined;
    const frames = this.#frames;
    this.#frames = [];
    if (head === undefined) return;
    if (this.#builder.sampleCount >= READ_LIMITS.samples) {
      this.problems.add('sample', 'more samples than are read: left out');
      return;
    }
    this.#builder.sample({ ...head, stack: this.#builder.stack(frames) });
  }
}
