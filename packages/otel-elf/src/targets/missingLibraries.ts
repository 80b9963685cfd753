// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { type ElfFile, FileSource, missingDependencies, Resolver } from '@otelkit/core';

/** Which libraries files lack; what many files share is looked for once. */
export class MissingLibraries {
  readonly #root: string | undefined;
  readonly #cwd: string;
  readonly #resolver: Resolver;

  /** @param root look for libraries as if this directory were `/` */
  constructor(root: string | undefined, cwd: string) {
    this.#cwd = cwd;
    this.#root = root === undefined ? undefined : resolve(cwd, root);
    this.#resolver = new Resolver(this.#root === undefined ? {} : { root: this.#root });
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
    const path = this.#insideRoot(resolve(this.#cwd, source.path));
    const object = this.#resolver.adopt(elf, path, `${device}:${inode}`, mode);
    return missingDependencies(object, path, this.#resolver);
  }

  #insideRoot(path: string): string {
    const root = this.#root;
    return root !== undefined && path.startsWith(`${root}/`) ? path.slice(root.length) : path;
  }
}
