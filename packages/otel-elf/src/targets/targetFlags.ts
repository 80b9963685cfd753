// SPDX-License-Identifier: Apache-2.0
// Flags and arguments that mean the same in each command that has them.

/**
 * `--pid`: the executable of a running process, beside or in place of paths. `max` is the kernel's
 * PID_MAX_LIMIT (include/linux/threads.h). Declarations of flags name the type: `X as typeof X`.
 */
export const PID_FLAG = {
  kind: 'integer',
  char: 'p',
  placeholder: 'PID',
  multiple: true,
  min: 1,
  max: 4_194_304,
  completion: 'pid',
  summary: 'the executable of this running process; repeatable',
} as const;

/** `--recursive`: directories too. */
export const RECURSIVE_FLAG = {
  kind: 'boolean',
  char: 'r',
  summary: 'walk directories and take every ELF file',
} as const;

/** `--root`: another file system than the host's. */
export const ROOT_FLAG = {
  kind: 'string',
  placeholder: 'DIR',
  completion: 'dir',
  summary: 'look for libraries as if DIR were /',
} as const;

/** The argument that goes with {@link PID_FLAG} and {@link RECURSIVE_FLAG}. */
export const TARGET_ARG = {
  name: 'PATH',
  summary: 'ELF file, directory (with --recursive), process ID, or - for stdin',
  requiredUnless: 'pid',
  multiple: true,
  completion: 'path',
} as const;
