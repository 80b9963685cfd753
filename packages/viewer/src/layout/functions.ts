// SPDX-License-Identifier: Apache-2.0
// A function is a name in a module, whatever line or inlining of it a frame is.

/** An answer's table of frames; columns of numbers, typed where they come from the worker. */
export interface Frames {
  readonly strings: readonly string[];
  readonly name: ArrayLike<number>;
  readonly kind: ArrayLike<number>;
  readonly file: ArrayLike<number>;
  readonly line: ArrayLike<number>;
  readonly module: ArrayLike<number>;
  readonly inlined: ArrayLike<number>;
}

export interface Functions {
  /** Frame id → function. */
  readonly ofFrame: Int32Array;
  /** Function → the first of its frames. */
  readonly sample: Int32Array;
  readonly count: number;
}

export function functionsOf(frames: Frames): Functions {
  const frameCount = frames.name.length;
  const ofFrame = new Int32Array(frameCount);
  const sample: number[] = [];
  const known = new Map<string, number>();
  for (let frame = 0; frame < frameCount; frame++) {
    const key = `${frames.name[frame]} ${frames.module[frame]} ${frames.kind[frame]}`;
    let id = known.get(key);
    if (id === undefined) {
      id = sample.length;
      known.set(key, id);
      sample.push(frame);
    }
    ofFrame[frame] = id;
  }
  return { ofFrame, sample: new Int32Array(sample), count: sample.length };
}

/** Text of a frame's column; '' for what the answer does not hold. */
export function frameText(
  frames: Frames,
  frame: number,
  column: 'name' | 'kind' | 'file' | 'module',
): string {
  return frames.strings[frames[column][frame] ?? -1] ?? '';
}

/** @returns the function of this name (and module, where one is given), -1 without */
export function findFunction(
  frames: Frames,
  functions: Functions,
  name: string,
  module: string | undefined,
): number {
  let byName = -1;
  for (let id = 0; id < functions.count; id++) {
    const frame = functions.sample[id]!;
    if (frameText(frames, frame, 'name') !== name) continue;
    if (module === undefined || frameText(frames, frame, 'module') === module) return id;
    if (byName === -1) byName = id;
  }
  return byName;
}

export interface FunctionWeights {
  readonly self: Float64Array;
  /** A function that calls itself is counted once. */
  readonly total: Float64Array;
}

/**
 * @param parent of a tree whose parents stand before their children
 * @param keyOf function a node, -1 for none
 */
export function functionWeights(
  parent: Int32Array,
  keyOf: Int32Array,
  self: Float64Array,
  total: Float64Array,
  count: number,
): FunctionWeights {
  const result = { self: new Float64Array(count), total: new Float64Array(count) };
  const outermost = outermostOf(parent, keyOf, count);
  for (let node = 0; node < parent.length; node++) {
    const key = keyOf[node]!;
    if (key < 0) continue;
    result.self[key]! += self[node]!;
    if (outermost[node] === 1) result.total[key]! += total[node]!;
  }
  return result;
}

/** 1 for a node that has none of its own function above it. */
function outermostOf(parent: Int32Array, keyOf: Int32Array, count: number): Uint8Array {
  const nodes = parent.length;
  const result = new Uint8Array(nodes);
  // Depth first, with a count of each function on the way down: linear in the nodes.
  const { firstChild, nextSibling } = linksOf(parent);
  const open = new Int32Array(count);
  let node = 0;
  let goesDown = true;
  while (node !== -1) {
    const key = keyOf[node]!;
    if (goesDown) {
      if (key >= 0) {
        if (open[key] === 0) result[node] = 1;
        open[key]!++;
      }
      if (firstChild[node] !== -1) {
        node = firstChild[node]!;
        continue;
      }
    }
    if (key >= 0) open[key]!--;
    if (node === 0) break;
    goesDown = nextSibling[node] !== -1;
    node = goesDown ? nextSibling[node]! : parent[node]!;
  }
  return result;
}

function linksOf(parent: Int32Array): { firstChild: Int32Array; nextSibling: Int32Array } {
  const firstChild = new Int32Array(parent.length).fill(-1);
  const nextSibling = new Int32Array(parent.length).fill(-1);
  for (let node = parent.length - 1; node > 0; node--) {
    nextSibling[node] = firstChild[parent[node]!]!;
    firstChild[parent[node]!] = node;
  }
  return { firstChild, nextSibling };
}

/** Function of each node. */
export function keysOf(frame: Int32Array, functions: Functions): Int32Array {
  const keys = new Int32Array(frame.length);
  for (let node = 0; node < frame.length; node++) {
    keys[node] = frame[node]! < 0 ? -1 : functions.ofFrame[frame[node]!]!;
  }
  return keys;
}
