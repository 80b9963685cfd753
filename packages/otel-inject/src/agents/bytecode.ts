// SPDX-License-Identifier: Apache-2.0
// Programs may not write where the agents are, so bytecode is made when they are installed: else
// every start of Python would compile the agent anew, which takes about a second.
import { accessSync, constants, readdirSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runClient } from './client.ts';
import { AGENT_LIMITS } from './limits.ts';
import { PYTHON_MINIMUM } from './pins/python.ts';

/** Compiles for each Python found; one that cannot is passed over, as its programs work anyhow. */
export async function compileBytecode(
  directory: string,
  searchPath: string,
  signal?: AbortSignal,
): Promise<void> {
  for (const program of findInterpreters(searchPath)) {
    // Unchecked: the files never change in place, and each check is a system call at each start.
    const how = ['-m', 'compileall', '-q', '--invalidation-mode', 'unchecked-hash'];
    const run = { program, args: ['-I', ...how, '.'], cwd: directory, signal };
    await runClient({ ...run, what: 'compiling the Python agent', hint: '' }).catch(() => {});
    signal?.throwIfAborted();
  }
}

/** Every `python3` and `python3.N` that is new enough, each binary once. */
export function findInterpreters(searchPath: string): string[] {
  const found = new Map<string, string>();
  for (const directory of searchPath.split(delimiter)) {
    if (!directory.startsWith('/')) continue;
    for (const name of namesIn(directory)) {
      const minor = /^python3(?:\.(\d{1,3}))?$/.exec(name)?.[1];
      if (!/^python3(\.\d{1,3})?$/.test(name)) continue;
      if (minor !== undefined && Number(minor) < PYTHON_MINIMUM[1]) continue;
      const path = join(directory, name);
      const real = executable(path);
      if (real !== undefined && !found.has(real)) found.set(real, path);
    }
  }
  return [...found.values()].slice(0, AGENT_LIMITS.interpreters);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function executable(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
