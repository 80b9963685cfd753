// SPDX-License-Identifier: Apache-2.0
import type { ElfFile } from '../../elf/elfFile.ts';
import type { Evidence } from '../answer.ts';

export type RuntimeId =
  | 'jvm'
  | 'nodejs'
  | 'cpython'
  | 'ruby'
  | 'dotnet'
  | 'php'
  | 'perl'
  | 'beam'
  | 'luajit'
  | 'go'
  | 'rust'
  | 'zig'
  | 'cpp'
  | 'c'
  | 'unknown';

export interface RuntimeFacts {
  readonly id: RuntimeId;
  /** As people call it: `Java`, `Node.js`. */
  readonly name: string;
  readonly version?: string;
  /**
   * What the program is beside its runtime: `javac` and `npm` are tools, `bash` is a shell. Agents
   * are kept out of those by default.
   */
  readonly role: 'application' | 'tool' | 'shell' | 'package-manager' | 'init';
  readonly evidence: readonly Evidence[];
}

/** What one ELF file says of the runtime inside it. */
export interface RuntimeFinding {
  readonly id: RuntimeId;
  readonly version?: string;
  readonly evidence: readonly Evidence[];
}

export interface RuntimeInput {
  readonly elf: ElfFile;
  /** Base name of the file, as mapped or executed. */
  readonly name: string;
  /** The whole path in the target's view: some versions stand in directory names. */
  readonly path: string;
  readonly needed: readonly string[];
  /** True when a dynamic symbol of this name is there (defined; used ones need DT_HASH). */
  readonly hasSymbol: (name: string) => boolean;
  /** Strings of .comment, by which compilers sign. */
  readonly comments: readonly string[];
}

/** Reads a small text file in the target's own root directory; undefined when it is not there. */
export type ReadText = (path: string) => string | undefined;

/** One runtime: how its files are known, and its version. */
export interface RuntimeDetector {
  readonly id: RuntimeId;
  readonly name: string;
  /** Base names of libraries that hold it, loaded by programs of any name. */
  readonly library?: RegExp;
  /** What this file says; undefined when it has nothing of this runtime. */
  readonly ofFile: (input: RuntimeInput) => RuntimeFinding | undefined;
  /** A version that stands in files beside the runtime rather than in it. */
  readonly versionBeside?: (path: string, readText: ReadText) => string | undefined;
}
