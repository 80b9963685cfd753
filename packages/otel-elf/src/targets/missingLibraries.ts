// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import {
  type BulkFile,
  type BulkScanner,
  type ElfFile,
  FileSource,
  isKnownComplete,
  missingDependencies,
  Resolver,
} from '@otelkit/core';

const REMEMBERED_ANSWERS = 4_096;

/**
 * What the answer for a file depends on that has no search path of its own: many programs of a
 * host agree in all of it.
 */
function sharedKey({ facts, identity }: BulkFile): string | undefined {
  const { header, strings, interpreter } = facts;
  if (strings.rpath !== undefined || strings.runpath !== undefined) return undefined;
  const numbers = `${header.machine} ${header.flags} ${strings.flags1} ${identity.mode}`;
  return `${numbers} ${interpreter}\0${strings.needed.join('\0')}`;
}

/** Which libraries files lack; what many files share is looked for once. */
export class MissingLibraries {
  readonly #root: string | undefined;
  readonly #cwd: string;
  readonly #resolver: Resolver;
  readonly #complete = new Set<string>();

  /**
   * @param root look for libraries as if this directory were `/`
   * @param bulk reads the libraries that are looked at
   */
  constructor(root: string | undefined, cwd: string, bulk?: BulkScanner) {
    this.#cwd = cwd;
    this.#root = root === undefined ? undefined : resolve(cwd, root);
    this.#resolver = new Resolver({
      ...(this.#root !== undefined && { root: this.#root }),
      ...(bulk !== undefined && {
        readOrdinary: (path, sizeBytes) => bulk.loaderFacts(path, sizeBytes),
      }),
    });
  }

  /**
   * Names that would keep the file from starting here, in the order asked for. Object files,
   * cores and debug files are loaded by nobody, and standard input has no place: nothing is
   * missing for them.
   */
  of(elf: ElfFile): readonly string[] {
    const { source, dynamic } = elf;
    if (dynamic === undefined || elf.isDebugOnly || !(source instanceof FileSource)) return [];
    const { device, inode, mode } = source.identity;
    const path = this.#insideRoot(this.#absolute(source.path));
    const object = this.#resolver.adopt(elf, path, `${device}:${inode}`, mode);
    return missingDependencies(object, path, this.#resolver);
  }

  /** The same for a file that was read in bulk. */
  ofBulk(file: BulkFile): readonly string[] {
    const { facts, identity } = file;
    if (!facts.hasDynamic || isKnownComplete(facts, identity.mode, this.#resolver)) return [];
    const key = sharedKey(file);
    if (key !== undefined && this.#complete.has(key)) return [];
    const missing = this.#search(file);
    const mayKeep = key !== undefined && missing.length === 0;
    if (mayKeep && this.#complete.size < REMEMBERED_ANSWERS) this.#complete.add(key);
    return missing;
  }

  #search({ report, facts, identity: { device, inode, mode } }: BulkFile): readonly string[] {
    const path = this.#insideRoot(this.#absolute(report.path));
    const object = this.#resolver.adoptFacts(facts, path, `${device}:${inode}`, mode);
    return missingDependencies(object, path, this.#resolver);
  }

  #absolute(path: string): string {
    // Nearly all are in normal form, and to bring them there is slow.
    const isNormal = path.startsWith('/') && !path.includes('/.') && !path.includes('//');
    return isNormal ? path : resolve(this.#cwd, path);
  }

  #insideRoot(path: string): string {
    const root = this.#root;
    return root !== undefined && path.startsWith(`${root}/`) ? path.slice(root.length) : path;
  }
}
