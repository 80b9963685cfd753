// SPDX-License-Identifier: Apache-2.0
// What the real loaders say, asked as ldd asks: the loader is the program that runs, and it maps
// the file and its libraries without running any of their code.
import { spawnSync } from 'node:child_process';
import type { DependencyTree } from '../../src/index.ts';

export interface RealAnswer {
  /** Paths of what was mapped, in order, and `!name` for what was not found. */
  readonly lines: readonly string[];
  /** The loader gave up with an error. */
  readonly failed: string | undefined;
}

/** @param environment further variables, LD_LIBRARY_PATH for instance */
export function askLoader(
  loader: string,
  path: string,
  environment: Readonly<Record<string, string>> = {},
): RealAnswer {
  // glibc's --list gives up at the first missing library; its trace mode goes on. musl has --list.
  const isMusl = loader.includes('musl');
  const result = spawnSync(loader, isMusl ? ['--list', path] : [path], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', LD_TRACE_LOADED_OBJECTS: '1', ...environment },
  });
  if (result.error !== undefined) throw result.error;
  const lines: string[] = [];
  for (const line of result.stdout.split('\n')) {
    const found = /^\t(?:.* => )?(\/.*) \(0x[0-9a-f]+\)$/.exec(line);
    const missing = /^\t(.*) => not found$/.exec(line);
    if (found !== null) lines.push(found[1]!);
    if (missing !== null) lines.push(`!${missing[1]!}`);
  }
  const isAnswered = result.status === 0 || lines.some((line) => line.startsWith('!'));
  return { lines, failed: isAnswered ? undefined : result.stderr.trim() || result.stdout.trim() };
}

/** A tree in the same form: load order, the loader where it stands in it, missing names. */
export function asLines(tree: DependencyTree): string[] {
  const loader = tree.loader?.path;
  const found = tree.loadOrder.slice(1).map((id) => tree.nodes[id]!.path!);
  const missing = tree.missing.map((id) => `!${tree.nodes[id]!.name}`);
  return [...found, ...(loader === undefined ? [] : [loader]), ...missing];
}

/** Without the loader, whose place in the list is its own affair, and without duplicates. */
export function comparable(lines: readonly string[], loader: string): string[] {
  return [...new Set(lines.filter((line) => line !== loader))].sort();
}
