// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { Demangler } from './demangler.ts';

/**
 * The demangler whose WebAssembly module is in this file, compiled when a name needs it; undefined
 * where the file is not there. Where this Node cannot run it names stay mangled, which is no reason
 * not to profile.
 */
export function readDemangler(path: string): Demangler | undefined {
  return existsSync(path) ? new Demangler(() => readFileSync(path)) : undefined;
}
