// SPDX-License-Identifier: Apache-2.0
import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { decodeBytes, encodePath } from '../bytes/surrogateEscape.ts';
import { type InputError, toInputError } from '../diagnostics/diagnostic.ts';
import { LIMITS } from '../limits.ts';

export interface WalkOptions {
  /** Stay on the file system of the start directory. */
  readonly oneFileSystem?: boolean;
  /** Told of each directory that could not be read; the walk goes on. */
  readonly onError: (error: InputError) => void;
}

/**
 * Paths of all regular files below `directory`, depth first, names in byte order. Symbolic links
 * are not followed; FIFOs, sockets and devices are passed over. Depth is bounded by
 * LIMITS.walkDepth.
 */
export function* walkFiles(directory: string, options: WalkOptions): Generator<string> {
  const device = options.oneFileSystem === true ? deviceOf(directory) : undefined;
  yield* walk(directory, 0, device, options);
}

function* walk(
  directory: string,
  depth: number,
  device: number | undefined,
  options: WalkOptions,
): Generator<string> {
  const entries = list(directory, options.onError);
  const prefix = directory.endsWith('/') ? directory : `${directory}/`;
  const subdirectories: string[] = [];
  for (const entry of entries) {
    const path = prefix + decodeBytes(entry.name);
    if (entry.isFile()) yield path;
    else if (entry.isDirectory()) subdirectories.push(path);
  }
  for (const path of subdirectories) {
    if (depth + 1 >= LIMITS.walkDepth) return;
    if (device !== undefined && deviceOf(path) !== device) continue;
    yield* walk(path, depth + 1, device, options);
  }
}

function list(directory: string, onError: (error: InputError) => void): Dirent<Buffer>[] {
  try {
    const options = { withFileTypes: true, encoding: 'buffer' } as const;
    const entries = readdirSync(encodePath(directory), options) as unknown as Dirent<Buffer>[];
    return entries.sort((a, b) => Buffer.compare(a.name, b.name));
  } catch (error) {
    onError(toInputError(error, directory, 'read the directory'));
    return [];
  }
}

function deviceOf(path: string): number | undefined {
  try {
    return lstatSync(encodePath(path)).dev;
  } catch {
    return undefined;
  }
}
