// SPDX-License-Identifier: Apache-2.0
// Regular-expression search over functions, with the share of weight that is inside of what matches.
import type { FrameTable } from '../contract.ts';
import { type Functions, frameText } from './functions.ts';
import type { Tree } from './tree.ts';

/** Longer names are matched by their beginning: expressions can take exponential time. */
const MATCHED_CHARACTERS = 1_000;
export const MAX_PATTERN_CHARACTERS = 200;

export interface SearchResult {
  /** 1 a function that matches. */
  readonly matches: Uint8Array;
  readonly matchingFunctions: number;
  readonly matchingNodes: number;
  /** Nodes that match with none above them that does. */
  readonly outermost: Int32Array;
  /** Weight below those. */
  readonly weight: number;
}

/**
 * Case is ignored until the pattern has a capital letter.
 * @returns a message instead of an expression where the pattern is none
 */
export function compilePattern(pattern: string): RegExp | string {
  if (pattern.length > MAX_PATTERN_CHARACTERS) {
    return `longer than ${MAX_PATTERN_CHARACTERS} characters`;
  }
  try {
    return new RegExp(pattern, /\p{Lu}/u.test(pattern.replace(/\\./g, '')) ? 'u' : 'iu');
  } catch {
    // Without `u` more is allowed, as `\<` or a lone brace.
  }
  try {
    return new RegExp(pattern, /\p{Lu}/u.test(pattern) ? '' : 'i');
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.replace(/^Invalid regular expression: (\/.*\/[a-z]*: )?/s, '');
  }
}

/** @returns 1 for each function whose name, module or file matches */
export function matchFunctions(
  frames: FrameTable,
  functions: Functions,
  expression: RegExp,
): Uint8Array {
  const ofString = new Map<number, boolean>();
  const test = (column: 'name' | 'module' | 'file', frame: number): boolean => {
    const index = frames[column][frame] ?? -1;
    const known = ofString.get(index);
    if (known !== undefined) return known;
    const found = expression.test(frameText(frames, frame, column).slice(0, MATCHED_CHARACTERS));
    ofString.set(index, found);
    return found;
  };
  const matches = new Uint8Array(functions.count);
  for (let id = 0; id < functions.count; id++) {
    const frame = functions.sample[id]!;
    if (test('name', frame) || test('module', frame) || test('file', frame)) matches[id] = 1;
  }
  return matches;
}

export function searchTree(tree: Tree, functions: Functions, matches: Uint8Array): SearchResult {
  const inside = new Uint8Array(tree.parent.length);
  const outermost: number[] = [];
  const seen = new Uint8Array(functions.count);
  let weight = 0;
  let matchingNodes = 0;
  let matchingFunctions = 0;
  for (let node = 1; node < tree.parent.length; node++) {
    const frame = tree.frame[node]!;
    const id = frame < 0 ? -1 : functions.ofFrame[frame]!;
    const isMatch = id >= 0 && matches[id] === 1;
    const isInside = inside[tree.parent[node]!] === 1;
    if (isMatch) {
      matchingNodes++;
      if (seen[id] === 0) matchingFunctions++;
      seen[id] = 1;
      if (!isInside) {
        outermost.push(node);
        weight += tree.total[node]!;
      }
    }
    inside[node] = isMatch || isInside ? 1 : 0;
  }
  return {
    matches,
    matchingFunctions,
    matchingNodes,
    outermost: Int32Array.from(outermost),
    weight,
  };
}
