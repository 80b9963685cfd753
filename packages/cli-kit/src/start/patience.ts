// SPDX-License-Identifier: Apache-2.0
// V8 optimizes what runs often, and for a second of work on a thousand files the optimizing takes
// longer than it saves: two fifths of all CPU time on Node 20, a fifth on Node 24. A command that
// looks at many things asks it to wait eight times as long (five on Node 24), which a run ten times
// as long does not notice. The same goes for WebAssembly, which is compiled quickly first and well
// once it has run for a while.

import { watchStartingThreads } from './startingThreads.ts';

interface Flags {
  readonly later: readonly string[];
  /** V8's own settings, where they can be had back to the letter. */
  readonly usual?: readonly string[];
  /** The same of what tools change beside: how the heap grows, how soon WebAssembly is optimized. */
  readonly others: readonly string[];
}

/** By Node's major version: other versions of V8 know other flags, and complain on stderr. */
const FLAGS: Readonly<Record<string, Flags>> = {
  20: {
    later: ['--interrupt-budget=540672', '--wasm-tiering-budget=100000000'],
    usual: ['--interrupt-budget=67584', '--wasm-tiering-budget=1800000'],
    others: ['--semi-space-growth-factor=2', '--wasm-tiering-budget=1800000', '--no-expose-gc'],
  },
  24: {
    later: ['--invocation-count-for-maglev=2000', '--invocation-count-for-turbofan=20000'],
    others: ['--semi-space-growth-factor=2', '--wasm-tiering-budget=13000000', '--no-expose-gc'],
  },
};

/**
 * Makes V8 wait with optimizing. Not before cached code has been loaded, nor where it is still to
 * be written: V8 takes code for its own only under the flags that it was made with. The same goes for
 * the code of Node's own modules, which a thread that starts needs: for so long the flags are back.
 */
export function optimizeLater(require: NodeJS.Require): void {
  const { later, usual } = flagsHere() ?? NONE;
  setFlags(require, later);
  if (usual === undefined) return;
  watchStartingThreads({
    onBegin: () => setFlags(require, usual),
    onStarted: () => setFlags(require, later),
  });
}

/** Before code is written for the next start: what tools and their threads changed is V8's own again. */
export function restoreFlags(require: NodeJS.Require): void {
  setFlags(require, flagsHere()?.others ?? []);
}

const NONE: Flags = { later: [], others: [] };

function flagsHere(): Flags | undefined {
  const { node } = process.versions;
  return FLAGS[node.slice(0, node.indexOf('.'))];
}

function setFlags(require: NodeJS.Require, flags: readonly string[]): void {
  if (flags.length === 0) return;
  const v8 = require('node:v8') as typeof import('node:v8');
  for (const flag of flags) v8.setFlagsFromString(flag);
}
