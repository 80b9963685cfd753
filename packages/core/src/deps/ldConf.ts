// SPDX-License-Identifier: Apache-2.0
// /etc/ld.so.conf (ldconfig(8)): one directory a line, `include` with globs. The loader itself
// reads only the cache that ldconfig makes of it; this is for roots without that cache.
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import type { Diagnostics } from '../diagnostics/diagnostic.ts';
import { DEPS_LIMITS } from './depsLimits.ts';
import { matchesGlob } from './glob.ts';
import { directoryOf, joinPath, type RootFs } from './rootFs.ts';

/** The directories that `path` and what it includes name, in order, each once. */
export function readLdConf(fs: RootFs, path: string, diagnostics: Diagnostics): string[] {
  const reader = new ConfReader(fs, diagnostics);
  reader.read(path, 0);
  return [...reader.directories];
}

class ConfReader {
  readonly directories = new Set<string>();
  readonly #fs: RootFs;
  readonly #diagnostics: Diagnostics;
  readonly #seen = new Set<string>();

  constructor(fs: RootFs, diagnostics: Diagnostics) {
    this.#fs = fs;
    this.#diagnostics = diagnostics;
  }

  read(path: string, depth: number): void {
    if (depth > DEPS_LIMITS.confDepth || this.#seen.size >= DEPS_LIMITS.confFiles) {
      this.#limit(path, `included ${depth} levels deep, ${this.#seen.size} files read`);
      return;
    }
    if (this.#seen.has(path)) return;
    this.#seen.add(path);
    const text = this.#text(path);
    for (const line of text.split('\n')) {
      if (this.directories.size >= DEPS_LIMITS.confDirectories) {
        this.#limit(path, `names more than ${DEPS_LIMITS.confDirectories} directories`);
        return;
      }
      this.#take(line.replace(/#.*$/, '').trim(), path, depth);
    }
  }

  #take(line: string, path: string, depth: number): void {
    if (line === '') return;
    const include = /^include\s+(.*)$/.exec(line);
    if (include !== null) {
      for (const pattern of include[1]!.split(/\s+/)) {
        const absolute = pattern.startsWith('/') ? pattern : joinPath(directoryOf(path), pattern);
        for (const file of expandGlob(this.#fs, absolute)) this.read(file, depth + 1);
      }
      return;
    }
    // `hwcap` lines gave names to bits before glibc 2.33.
    if (/^hwcap\s/.test(line)) return;
    // `=libc6` after a directory named the type of its libraries.
    const directory = line
      .replace(/=[^/=]*$/, '')
      .trim()
      .replace(/\/+$/, '');
    if (directory.startsWith('/') && directory.length < DEPS_LIMITS.pathBytes) {
      this.directories.add(directory);
    }
  }

  #text(path: string): string {
    try {
      const bytes = this.#fs.readFile(path, DEPS_LIMITS.confFileBytes);
      return bytes === undefined ? '' : decodeBytes(bytes);
    } catch (error) {
      this.#diagnostics.add('unreadable', path, error instanceof Error ? error.message : '');
      return '';
    }
  }

  #limit(path: string, message: string): void {
    this.#diagnostics.add('limit', path, `${message}; the rest was left out`);
  }
}

/** Files that an absolute pattern names, sorted as glob(3) does; bounded by confFiles. */
function expandGlob(fs: RootFs, pattern: string): string[] {
  let paths = ['/'];
  const parts = pattern.split('/').filter((part) => part !== '');
  for (const part of parts) {
    if (part.length > DEPS_LIMITS.globBytes) return [];
    const next: string[] = [];
    for (const path of paths) {
      if (!/[*?[]/.test(part)) {
        next.push(joinPath(path, part));
        continue;
      }
      for (const name of fs.list(path)) {
        if (next.length >= DEPS_LIMITS.confFiles) break;
        if (matchesGlob(name, part)) next.push(joinPath(path, name));
      }
    }
    paths = next;
  }
  return paths;
}
