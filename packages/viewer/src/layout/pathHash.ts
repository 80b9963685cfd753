// SPDX-License-Identifier: Apache-2.0
// A node's name in a URL: a hash of the functions from the root to it. It finds the same place again
// after new samples came in and all node numbers changed.
import { type Frames, frameText } from './functions.ts';
import type { Tree } from './tree.ts';

const LOW_SEED = 0x811c9dc5;
const HIGH_SEED = 0x9e3779b9;
/** FNV-1a, 32 bits. */
const PRIME = 0x01000193;

/** Two hashes of 32 bits a node. */
export interface PathHashes {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

export function hashPaths(tree: Tree, frames: Frames): PathHashes {
  const count = tree.parent.length;
  const names = new Uint32Array(frames.name.length);
  for (let frame = 0; frame < names.length; frame++) {
    const text = `${frameText(frames, frame, 'name')}\n${frameText(frames, frame, 'module')}`;
    names[frame] = hashText(text);
  }
  const nameless = hashText('\n');
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  low[0] = LOW_SEED;
  high[0] = HIGH_SEED;
  for (let node = 1; node < count; node++) {
    const above = tree.parent[node]!;
    const frame = tree.frame[node]!;
    const own = frame < 0 ? nameless : names[frame]!;
    const inlined = frames.inlined[frame] === 1 ? 1 : 0;
    low[node] = mix(low[above]!, own + inlined);
    high[node] = mix(high[above]!, Math.imul(own, PRIME) ^ inlined);
  }
  return { low, high };
}

function mix(above: number, own: number): number {
  let hash = above;
  for (let shift = 0; shift < 32; shift += 8) {
    hash = Math.imul(hash ^ ((own >>> shift) & 0xff), PRIME);
  }
  // FNV leaves the low bits weak where paths differ in one byte only.
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}

export function hashText(text: string): number {
  let hash = LOW_SEED;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  }
  return hash >>> 0;
}

/** 16 hexadecimal digits; '' for the root. */
export function nameOfPath(hashes: PathHashes, node: number): string {
  if (node <= 0) return '';
  const digits = (part: number) => part.toString(16).padStart(8, '0');
  return digits(hashes.high[node]!) + digits(hashes.low[node]!);
}

/** @returns 0, the root, where no node has this name */
export function nodeOfPath(hashes: PathHashes, name: string): number {
  if (!/^[0-9a-f]{16}$/.test(name)) return 0;
  const high = Number.parseInt(name.slice(0, 8), 16);
  const low = Number.parseInt(name.slice(8), 16);
  for (let node = 1; node < hashes.low.length; node++) {
    if (hashes.low[node] === low && hashes.high[node] === high) return node;
  }
  return 0;
}
