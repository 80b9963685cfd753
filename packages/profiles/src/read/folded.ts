// SPDX-License-Identifier: Apache-2.0
// Folded stacks: `outermost;…;innermost value`, of stackcollapse-*.pl, inferno, async-profiler,
// py-spy, bpftrace scripts and our own writer.
import { ProfileBuilder } from '../model/profileBuilder.ts';
import { ReadProblems, type ReadResult } from './diagnostics.ts';
import { READ_LIMITS } from './limits.ts';
import { clip } from './otlpAttributes.ts';
import { linesOf } from './textLines.ts';

/** Suffixes by which stackcollapse's --annotate tells what a frame is. */
const ANNOTATIONS: Readonly<Record<string, string>> = {
  _k: 'kernel',
  _j: 'jvm',
};

/** @param title name of the program where the stacks do not say it */
export function readFolded(bytes: Uint8Array): ReadResult {
  const problems = new ReadProblems();
  const builder = new ProfileBuilder([{ type: 'samples', unit: 'count' }]);
  const process = builder.process({
    pid: 0,
    name: '',
    executable: '',
    containerId: '',
    serviceName: '',
  });
  const frames = new Map<string, number>();
  let line = 0;
  for (const text of linesOf(bytes, problems)) {
    line++;
    const trimmed = text.trimEnd();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const match = /^(.*\S)?\s+(-?\d+(?:\.\d+)?)$/.exec(trimmed);
    if (match === null) {
      problems.add('line', 'no stack with a value', line);
      continue;
    }
    if (builder.sampleCount >= READ_LIMITS.samples) {
      problems.add('line', 'more stacks than are read: left out', line);
      break;
    }
    const parts = (match[1] ?? '').split(';').filter((part) => part !== '');
    if (parts.length > READ_LIMITS.stackFrames) {
      problems.add('line', 'more frames than a stack may have: cut', line);
    }
    const innermost = parts.reverse().slice(0, READ_LIMITS.stackFrames);
    builder.sample({
      kind: 0,
      stack: builder.stack(innermost.map((part) => frameOf(builder, frames, part))),
      process,
      threadId: 0,
      threadName: 0,
      value: Number(match[2]),
      timeNs: Number.NaN,
      cpu: -1,
    });
  }
  return { profile: builder.finish(0n, 0), problems: problems.list() };
}

function frameOf(builder: ProfileBuilder, frames: Map<string, number>, text: string): number {
  const known = frames.get(text);
  if (known !== undefined) return known;
  const suffix = /^(.+)_\[([a-z])\]$/.exec(text);
  const kind = suffix === null ? '' : (ANNOTATIONS[`_${suffix[2]}`] ?? '');
  const functionName = clip(suffix === null ? text : suffix[1]!);
  const inlined = suffix?.[2] === 'i';
  const number = builder.frame({ kind, functionName, inlined });
  frames.set(text, number);
  return number;
}
