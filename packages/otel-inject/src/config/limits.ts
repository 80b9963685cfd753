// SPDX-License-Identifier: Apache-2.0
// Bounds of the library (native/injector/src/limits.zig), which this tool must share to say what
// the library would do, and a few of its own.

export const INJECT_LIMITS = {
  /** One configuration file, and the agents' default environment. */
  configBytes: 1_048_576,
  /** What the library reads at first: a shorter file without a final newline is read twice. */
  firstReadBytes: 16_384,
  /** Files in conf.d. */
  dropIns: 256,
  /** `*.deps.json` of a .NET program. */
  depsJsonBytes: 4_194_304,
  /** One environment entry; the kernel refuses a longer one at the next exec (MAX_ARG_STRLEN). */
  envEntryBytes: 131_071,
  /** Entries of an environment. */
  envEntries: 1_048_576,
  /** Variables that may be added to an environment. */
  envAdditions: 256,
  /** The record of what a parent added. */
  appliedBytes: 32_768,
  resourceAttributes: 256,
  /** Steps that all pattern comparisons of one start may take together. */
  globSteps: 20_000_000,
  /** Data segment of an apphost that is searched for its marker. */
  apphostDataBytes: 8_192,
  /** Interpreters and wrappers (`#!`, `env`) followed for one command; the kernel allows 5 `#!`. */
  launchSteps: 16,
  /** First line of a script (BINPRM_BUF_SIZE of the kernel). */
  shebangBytes: 256,
  /** Bytes of one object file or environment string read from the memory of a process. */
  memoryReadBytes: 1_048_576,
  /** Problems listed of one file. */
  problems: 1_000,
} as const;
