// SPDX-License-Identifier: Apache-2.0
// A directory as a list of files with their sums: what is pinned, recorded and checked.
import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { chmod, lstat, readdir, readlink } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { ToolError } from '@otelkit/cli-kit';
import { AGENT_LIMITS } from './limits.ts';

export interface TreeFile {
  /** Relative to the tree, with `/`. */
  readonly path: string;
  /** SHA-256 in hex, or `-> target` of a symbolic link. */
  readonly content: string;
}

export interface TreeEntry {
  readonly path: string;
  readonly stats: Stats;
}

/** The record of what was installed lies in the tree and is no part of it. */
export const MANIFEST_FILE = '.otel-inject.json';

/**
 * Every directory, file and link below `root`, and `root` itself as '', sorted by path. Links are
 * not followed.
 * @throws ToolError `AGENT_TOO_LARGE`, `AGENT_SPECIAL_FILE` (exit 4)
 */
export async function walkTree(root: string): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = [{ path: '', stats: await lstat(root) }];
  let bytes = 0;
  for (let i = 0; i < entries.length; i++) {
    const { path, stats } = entries[i]!;
    if (!stats.isDirectory()) continue;
    if (path.split('/').length > AGENT_LIMITS.depth) throw tooLarge(root, 'depth');
    for (const name of await readdir(join(root, path))) {
      const below = path === '' ? name : `${path}/${name}`;
      const found = await lstat(join(root, below));
      if (!found.isDirectory() && !found.isFile() && !found.isSymbolicLink()) {
        throw new ToolError('an agent is made of files and directories only', {
          code: 'AGENT_SPECIAL_FILE',
          exitCode: 4,
          path: join(root, below),
        });
      }
      bytes += found.size;
      entries.push({ path: below, stats: found });
      if (entries.length > AGENT_LIMITS.files) throw tooLarge(root, 'files');
      if (bytes > AGENT_LIMITS.bytes) throw tooLarge(root, 'bytes');
    }
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** The sums of all files of a tree but its manifest, sorted by path. */
export async function sumTree(root: string): Promise<TreeFile[]> {
  const files: TreeFile[] = [];
  for (const { path, stats } of await walkTree(root)) {
    if (stats.isDirectory() || path === MANIFEST_FILE) continue;
    files.push({ path, content: await contentOf(root, path, stats) });
  }
  return files;
}

/**
 * One digest for a tree. Bytecode is left out: it depends on the host's interpreters. It is made
 * of lines `content path`, sorted by path.
 */
export function treeDigest(files: readonly TreeFile[]): string {
  const hash = createHash('sha256');
  for (const { path, content } of files) {
    if (!isBytecode(path)) hash.update(`${content} ${path}\n`);
  }
  return hash.digest('hex');
}

export function isBytecode(path: string): boolean {
  return /(^|\/)__pycache__\//.test(path);
}

/** Everybody may read, only the owner may write: 0755 and 0644, whatever the umask was. */
export async function openToReaders(root: string): Promise<void> {
  for (const { path, stats } of await walkTree(root)) {
    if (stats.isSymbolicLink()) continue;
    await chmod(join(root, path), stats.isDirectory() ? 0o755 : 0o644);
  }
}

export function sha256OfFile(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256');
    createReadStream(path)
      .on('error', reject)
      .on('data', (chunk) => hash.update(chunk))
      .on('end', () => resolve(hash.digest('hex')));
  });
}

async function contentOf(root: string, path: string, stats: Stats): Promise<string> {
  if (!stats.isSymbolicLink()) return sha256OfFile(join(root, path));
  const target = await readlink(join(root, path));
  const inside = normalize(join(path, '..', target));
  if (!target.startsWith('/') && !inside.startsWith('..')) return `-> ${target}`;
  throw new ToolError('a link leads out of the agent', {
    code: 'AGENT_SPECIAL_FILE',
    exitCode: 4,
    path: join(root, path),
    found: target,
    expected: 'a relative link to a file of the agent',
  });
}

function tooLarge(root: string, field: 'files' | 'bytes' | 'depth'): ToolError {
  return new ToolError('this is larger than any agent', {
    code: 'AGENT_TOO_LARGE',
    exitCode: 4,
    path: root,
    field,
    expected: `at most ${AGENT_LIMITS[field]}`,
  });
}
