// SPDX-License-Identifier: Apache-2.0
// `--from`: an agent that was downloaded elsewhere.
import { copyFile, cp, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '@otelkit/cli-kit';
import type { RuntimeFacts } from './runtimes.ts';
import { MANIFEST_FILE, walkTree } from './tree.ts';

export interface GivenOptions {
  /** A jar (Java alone), the agent's own directory, or a prefix laid out as ours is. */
  readonly from: string;
  readonly facts: RuntimeFacts;
  /** An empty directory. */
  readonly into: string;
}

/**
 * Copies an agent.
 * @throws ToolError `AGENT_INCOMPLETE` (exit 4) where what the library needs is not there
 */
export async function copyGiven({ from, facts, into }: GivenOptions): Promise<void> {
  const { runtime, folder, entries } = facts;
  if ((await stat(from)).isFile()) {
    if (runtime !== 'java') throw incomplete(from, facts, 'a file');
    return copyFile(from, join(into, entries[0]!));
  }
  const source = await firstWith([join(from, folder), from], entries[0]!);
  if (source === undefined) throw incomplete(from, facts, 'none of it');
  // A prefix of ours has links here. The bounds first: copying is what would fill the disk.
  const real = await realpath(source);
  await walkTree(real);
  await cp(real, into, { recursive: true, verbatimSymlinks: true, force: true });
  await rm(join(into, MANIFEST_FILE), { force: true });
}

async function firstWith(directories: readonly string[], entry: string) {
  for (const directory of directories) {
    const isThere = await stat(join(directory, entry)).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isThere) return directory;
  }
  return undefined;
}

function incomplete(from: string, { folder, entries }: RuntimeFacts, found: string): ToolError {
  return new ToolError('there is no such agent here', {
    code: 'AGENT_INCOMPLETE',
    exitCode: 4,
    path: from,
    found,
    expected: `${folder}/${entries[0]}, with or without the ${folder}/ in front`,
  });
}
