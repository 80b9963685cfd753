// SPDX-License-Identifier: Apache-2.0
// What a program itself publishes of its resource (OTEP 4719): that is what its own telemetry bears,
// so it outweighs everything that is only derived.
import { LIMITS } from '../limits.ts';
import {
  findProcessContext,
  PROCESS_CONTEXT_NAME,
  readProcessContext,
} from '../proc/processContext.ts';
import { ProcError, type ProcFs } from '../proc/procFs.ts';
import { readProcess } from '../proc/readProcess.ts';
import { RESOURCE_LIMITS } from './limits.ts';

/** What was seen from outside is not for the program to change. */
const OURS = /^(process|host|threadlocal)\./;

/**
 * Empty where nothing is published, or nothing can be read.
 * @param onProblem is told of what is published and cannot be taken
 */
export function publishedAttributes(
  fs: ProcFs,
  pid: number,
  onProblem: (message: string) => void = () => {},
): Record<string, string | number> {
  const attributes: Record<string, string | number> = {};
  try {
    if (!mayPublish(fs, pid)) return attributes;
    const { maps, imageThreadId } = readProcess(fs, pid, new Set(['maps'] as const), false);
    if (maps === undefined || imageThreadId === undefined) return attributes;
    const context = readProcessContext(fs, imageThreadId, maps);
    if (context === undefined && findProcessContext(maps) !== undefined) {
      onProblem(`process ${pid}: its OTEL_CTX mapping holds no resource that can be read`);
    }
    let count = 0;
    for (const [key, value] of context?.attributes ?? []) {
      if (++count > RESOURCE_LIMITS.attributes) break;
      if (OURS.test(key)) continue;
      if (typeof value === 'number') attributes[key] = value;
      else if (typeof value === 'string') {
        attributes[key] = value.slice(0, RESOURCE_LIMITS.attributeChars);
      }
    }
  } catch (error) {
    if (!(error instanceof ProcError)) throw error;
  }
  return attributes;
}

/** Most programs publish nothing: their maps are searched for the name and not parsed. */
function mayPublish(fs: ProcFs, pid: number): boolean {
  const { stat, imageThreadId } = readProcess(fs, pid, new Set(), false);
  // Reading the maps of a process in state D could wait with it.
  if (imageThreadId === undefined || stat.state === 'D') return false;
  return fs.read(imageThreadId, 'maps', LIMITS.mapsBytes).bytes.includes(PROCESS_CONTEXT_NAME);
}
