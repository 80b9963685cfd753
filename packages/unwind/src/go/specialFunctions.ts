// SPDX-License-Identifier: Apache-2.0
// Functions of Go's runtime whose stack is not what their SP deltas say: where a stack begins, and
// where execution moves to another one (runtime/asm_amd64.s, asm_arm64.s, sys_linux_*.s).

export const GO_ROLE = {
  PLAIN: 0,
  /** The outermost frame of a goroutine or thread (runtime.topofstack). */
  END: 1,
  /** Returns nowhere once it has moved to the scheduler's stack. */
  END_AFTER_SWITCH: 2,
  /** Calls another function on another stack and comes back: its frame pointer leads home. */
  SWITCHES: 3,
  /** What a signal handler returns to. */
  SIGRETURN: 4,
} as const;

const ROLES: ReadonlyMap<string, number> = new Map([
  ['runtime.goexit', GO_ROLE.END],
  ['runtime.mstart', GO_ROLE.END],
  ['runtime.rt0_go', GO_ROLE.END],
  ['_rt0_amd64', GO_ROLE.END],
  ['_rt0_amd64_linux', GO_ROLE.END],
  ['_rt0_arm64_linux', GO_ROLE.END],
  ['_rt0_arm64', GO_ROLE.END],
  ['runtime.mcall', GO_ROLE.END_AFTER_SWITCH],
  ['runtime.morestack', GO_ROLE.END_AFTER_SWITCH],
  ['runtime.systemstack', GO_ROLE.SWITCHES],
  ['runtime.asmcgocall', GO_ROLE.SWITCHES],
  ['runtime.nanotime1', GO_ROLE.SWITCHES],
  ['runtime.walltime', GO_ROLE.SWITCHES],
  ['runtime.walltime1', GO_ROLE.SWITCHES],
  ['time.now', GO_ROLE.SWITCHES],
  ['runtime.vgetrandom1', GO_ROLE.SWITCHES],
  ['racecall', GO_ROLE.SWITCHES],
  ['runtime.racecall', GO_ROLE.SWITCHES],
  ['msancall', GO_ROLE.SWITCHES],
  ['asancall', GO_ROLE.SWITCHES],
  ['runtime.sigreturn', GO_ROLE.SIGRETURN],
  ['runtime.sigreturn__sigaction', GO_ROLE.SIGRETURN],
]);

const LONGEST_NAME_BYTES = 32;

/** Second byte of the first letter that the names above begin with, as a quick sieve. */
const FIRST_LETTERS: Uint8Array = new Uint8Array(256);
for (const name of ROLES.keys()) FIRST_LETTERS[name.charCodeAt(0)] = 1;

/** The role of the function whose name stands at `at` of Go's name table. */
export function roleOf(names: Uint8Array, at: number): number {
  if (FIRST_LETTERS[names[at] ?? 0] === 0) return GO_ROLE.PLAIN;
  let name = '';
  for (let i = at; i < names.length && name.length <= LONGEST_NAME_BYTES; i++) {
    const byte = names[i]!;
    if (byte === 0) return ROLES.get(name) ?? GO_ROLE.PLAIN;
    name += String.fromCharCode(byte);
  }
  return GO_ROLE.PLAIN;
}
