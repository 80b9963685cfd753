// SPDX-License-Identifier: Apache-2.0
// V8 optimizes what runs often, and for a second of work on a thousand files the optimizing takes
// longer than it saves: two fifths of all CPU time on Node 20, a fifth on Node 24. A command that
// looks at many things asks it to wait eight times as long (five on Node 24), which a run ten times
// as long does not notice. The same goes for WebAssembly, which is compiled quickly first and well
// once it has run for a while.

/** By Node's major version: other versions of V8 know other flags, and complain on stderr. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  20: ['--interrupt-budget=540672', '--wasm-tiering-budget=100000000'],
  24: ['--invocation-count-for-maglev=2000', '--invocation-count-for-turbofan=20000'],
};

/**
 * Makes V8 wait with optimizing. Not before cached code has been loaded, nor where it is still to
 * be written: V8 takes code for its own only under the flags that it was made with.
 */
export function optimizeLater(require: NodeJS.Require): void {
  const major = process.versions.node.slice(0, process.versions.node.indexOf('.'));
  const flags = FLAGS[major];
  if (flags === undefined) return;
  const v8 = require('node:v8') as typeof import('node:v8');
  for (const flag of flags) v8.setFlagsFromString(flag);
}
