// SPDX-License-Identifier: Apache-2.0
import { baseName } from '@otelkit/profiles';
import type { Executables, Selection } from '@otelkit/viewer/contract';
import type { Store } from '../store/store.ts';
import { type CountedStacks, stackWeights } from './weights.ts';

/** Files that samples' code lies in, and how much of it has names. */
export async function executablesOf(store: Store, selection: Selection): Promise<Executables> {
  const main = await stackWeights(store, selection);
  const { executables } = store.tables;
  const sums = sumUp(store, main);
  const list = [];
  for (let number = 1; number < executables.count; number++) {
    if (sums.frames[number] === 0) continue;
    const { path, buildId, goBuildId, fileId } = executables.get(number);
    list.push({
      id: String(number),
      name: path === '' ? fileId || 'unknown' : baseName(path),
      buildId: buildId || goBuildId,
      fileId,
      weight: sums.weight[number]!,
      frames: sums.frames[number]!,
      named: sums.named[number]!,
      withLines: sums.withLines[number]!,
      hint: hintFor(path, sums.named[number]! / sums.frames[number]!),
    });
  }
  list.sort((a, b) => b.weight - a.weight);
  return { executables: list };
}

function sumUp(store: Store, main: CountedStacks): Record<string, Float64Array> & Sums {
  const { frames, stacks, executables } = store.tables;
  const { functionOf: _, executableOf, known } = frames;
  const count = executables.count;
  const sums = {
    weight: new Float64Array(count),
    frames: new Float64Array(count),
    named: new Float64Array(count),
    withLines: new Float64Array(count),
  };
  const isSeen = new Uint8Array(frames.count);
  const seenIn = new Int32Array(count).fill(-1);
  for (let i = 0; i < main.stacks.length; i++) {
    const stack = main.stacks[i]!;
    if (stack >= stacks.count) continue;
    for (let at = stacks.offsets[stack]!; at < stacks.offsets[stack + 1]!; at++) {
      const frame = stacks.frames[at]!;
      const executable = executableOf[frame]!;
      if (seenIn[executable] !== i) sums.weight[executable]! += main.weights[i]!;
      seenIn[executable] = i;
      if (isSeen[frame] === 1) continue;
      isSeen[frame] = 1;
      sums.frames[executable]!++;
      if ((known[frame]! & 1) !== 0) sums.named[executable]!++;
      if ((known[frame]! & 2) !== 0) sums.withLines[executable]!++;
    }
  }
  return sums;
}

interface Sums {
  readonly weight: Float64Array;
  readonly frames: Float64Array;
  readonly named: Float64Array;
  readonly withLines: Float64Array;
}

/** Names of most frames are enough: some code has none anywhere. */
const MOST_NAMED = 0.9;

function hintFor(path: string, namedShare: number): string {
  if (namedShare >= MOST_NAMED) return '';
  if (path.startsWith('[kernel') || path === 'kernel') {
    return 'kernel names need root on the sending host (kernel.kptr_restrict)';
  }
  if (path.startsWith('[') || path === '' || path.startsWith('anon')) {
    return 'code made at run time: it has names where the program writes /tmp/perf-PID.map';
  }
  return 'install its debug symbols on the sending host, or upload the file with its symbols';
}
