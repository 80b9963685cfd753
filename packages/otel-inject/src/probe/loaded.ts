// SPDX-License-Identifier: Apache-2.0
// Does the loader find the library under the name that preload lists will have?
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ToolError } from '@otelkit/cli-kit';
import { LIBRARY_FILE } from '../layout/paths.ts';
import { PROBE_LIMITS } from './limits.ts';

const CAT = ['/bin/cat', '/usr/bin/cat'];

/**
 * Starts a program that shows its own mappings.
 * @param preload value of LD_PRELOAD; undefined where the host preloads by itself
 * @throws ToolError `NOT_LOADED` when the library is not among them, or the loader complained
 */
export function checkLoaded(preload: string | undefined): void {
  const cat = CAT.find((path) => existsSync(path));
  if (cat === undefined) return;
  const env: NodeJS.ProcessEnv = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
  const { stdout, stderr, status, error } = spawnSync(cat, ['/proc/self/maps'], {
    env: preload === undefined ? env : { ...env, LD_PRELOAD: preload },
    cwd: '/',
    timeout: PROBE_LIMITS.programMs,
    killSignal: 'SIGKILL',
    maxBuffer: PROBE_LIMITS.outputBytes,
    encoding: 'latin1',
  });
  const isLoaded = status === 0 && stdout.includes(`/${LIBRARY_FILE}`);
  // Other entries of the list may be broken: that was so before.
  const about = stderr.split('\n').filter((line) => line.includes(LIBRARY_FILE));
  if (isLoaded && about.length === 0) return;
  const said = error?.message ?? stderr.trim().slice(0, PROBE_LIMITS.shownCharacters);
  throw new ToolError(`${cat} was started, but the library is not loaded as it should be`, {
    code: 'NOT_LOADED',
    ...(preload !== undefined && { path: preload }),
    expected: `${LIBRARY_FILE} among its mappings, and no complaint about it`,
    found: `exit status ${status}${said === '' ? '' : `, "${said}"`}`,
    hint: 'a security module (SELinux, AppArmor) may forbid the file: see the audit log',
  });
}
