// SPDX-License-Identifier: Apache-2.0
import { decodeBytes } from '../../bytes/surrogateEscape.ts';
import { ProcError, type ProcFs } from '../../proc/procFs.ts';
import type { Verdict } from '../answer.ts';

/** One thing about this host that decides what can be seen and done on it. */
export interface HostCheck {
  readonly id: string;
  readonly title: string;
  readonly verdict: Verdict;
  /** What was found; one sentence without a full stop. */
  readonly found: string;
  /** What is lost by it. */
  readonly costs?: string;
  /** How to get it. */
  readonly hint?: string;
}

/** Where a check looks. */
export interface HostInput {
  readonly fs: ProcFs;
  /** `/sys`, or a tree recorded from it. */
  readonly sysRoot: string;
  /** `/`, or where another root file system stands; without a slash at its end. */
  readonly root: string;
  readonly kernelRelease: string;
  readonly nodeVersion: string;
  /** CapEff of the process that asks. */
  readonly capabilities: bigint;
}

export type HostQuestion = (input: HostInput) => HostCheck;

/** Content of a small file without surrounding blanks, or why there is none. */
export function textOf(
  fs: ProcFs,
  path: string,
): { readonly text: string; readonly missing?: undefined } | { readonly missing: string } {
  try {
    return { text: decodeBytes(fs.readPath(path).bytes).trim() };
  } catch (error) {
    if (error instanceof ProcError) return { missing: error.errno ?? error.reason };
    throw error;
  }
}

/** Numbers of capabilities(7) that matter here. */
export const CAPABILITIES = {
  DAC_READ_SEARCH: 2,
  IPC_LOCK: 14,
  SYS_PTRACE: 19,
  SYS_ADMIN: 21,
  SYSLOG: 34,
  PERFMON: 38,
  BPF: 39,
  CHECKPOINT_RESTORE: 40,
} as const;

export function hasCapability(
  { capabilities }: Pick<HostInput, 'capabilities'>,
  name: keyof typeof CAPABILITIES,
): boolean {
  const has = (number: number): boolean => ((capabilities >> BigInt(number)) & 1n) === 1n;
  // CAP_SYS_ADMIN includes those that were split off from it.
  const wasAdmin = name === 'PERFMON' || name === 'BPF' || name === 'CHECKPOINT_RESTORE';
  return has(CAPABILITIES[name]) || (wasAdmin && has(CAPABILITIES.SYS_ADMIN));
}
