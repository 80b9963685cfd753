// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { Demangler } from './demangler.ts';

/**
 * The demangler whose WebAssembly module is in this file; undefined where the file is not there or
 * this Node cannot run it: names stay mangled then, which is no reason not to profile.
 */
export function readDemangler(path: string): Demangler | undefined {
  try {
    return new Demangler(readFileSync(path));
  } catch {
    return undefined;
  }
}
