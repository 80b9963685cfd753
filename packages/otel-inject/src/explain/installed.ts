// SPDX-License-Identifier: Apache-2.0
// By which way the library would come into a program that is started now.
import { readFileSync } from 'node:fs';
import type { ByteText } from '../config/byteText.ts';
import { hostLayout, hostPath, LD_SO_PRELOAD, LIBRARY_FILE } from '../layout/paths.ts';
import { Environment } from './predict/environment.ts';

/** Libraries that a text of /etc/ld.so.preload or LD_PRELOAD names. */
export function preloadEntries(text: string): string[] {
  return text
    .replace(/#.*$/gm, '')
    .split(/[\s:]+/)
    .filter((entry) => entry !== '');
}

export function isInjectorEntry(entry: string): boolean {
  return entry.endsWith(`/${LIBRARY_FILE}`) || entry === LIBRARY_FILE;
}

/** The file's entries below the root; empty without one. */
export function readPreloadFile(root: string): string[] {
  try {
    return preloadEntries(readFileSync(hostPath(hostLayout(root), LD_SO_PRELOAD), 'utf8'));
  } catch {
    return [];
  }
}

/** One sentence: is the library there at all? */
export function installationRemark(root: string, environment: readonly ByteText[]): string {
  const byFile = readPreloadFile(root).find(isInjectorEntry);
  if (byFile !== undefined) return `The library comes by ${LD_SO_PRELOAD}: ${byFile}.`;
  const variable = new Environment(environment).get('LD_PRELOAD') ?? '';
  const byVariable = preloadEntries(variable).find(isInjectorEntry);
  if (byVariable !== undefined) return `The library comes by LD_PRELOAD: ${byVariable}.`;
  return `The library is not installed here; this is what it would do (otel-inject install, or otel-inject run -- COMMAND).`;
}
