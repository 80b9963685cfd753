// SPDX-License-Identifier: Apache-2.0
// /proc/PID/status (proc_pid_status(5)). The kernel escapes newlines in the name there, so a
// hostile name cannot forge a line.
import { LIMITS } from '../limits.ts';

export interface ProcessStatus {
  readonly threadGroupId: number;
  readonly parentPid: number;
  /** PID of a tracer (gdb, strace), 0 without one. */
  readonly tracerPid: number;
  readonly uids: Ids;
  readonly gids: Ids;
  /** The PID in each PID namespace, outermost (the reader's) first. */
  readonly namespacePids: readonly number[];
  readonly threadCount: number;
  readonly effectiveCapabilities: bigint;
  readonly noNewPrivileges: boolean | undefined;
  readonly seccomp: 'off' | 'strict' | 'filter' | undefined;
  /** Kernels since 6.11 say it; undefined before. */
  readonly isKernelThread: boolean | undefined;
}

export interface Ids {
  readonly real: number;
  readonly effective: number;
  readonly saved: number;
  readonly fileSystem: number;
}

const SECCOMP = ['off', 'strict', 'filter'] as const;

/** Parses the file; undefined where the lines that every kernel writes are missing. */
export function parseStatus(bytes: Buffer): ProcessStatus | undefined {
  // The first line is the name; everything after it is ASCII written by the kernel.
  const text = bytes.toString('latin1');
  const uids = ids(value(text, 'Uid'));
  const gids = ids(value(text, 'Gid'));
  const threadGroupId = integer(value(text, 'Tgid'));
  if (uids === undefined || gids === undefined || threadGroupId === undefined) return undefined;
  const seccomp = integer(value(text, 'Seccomp'));
  const noNewPrivileges = integer(value(text, 'NoNewPrivs'));
  const kernelThread = integer(value(text, 'Kthread'));
  return {
    threadGroupId,
    parentPid: integer(value(text, 'PPid')) ?? 0,
    tracerPid: integer(value(text, 'TracerPid')) ?? 0,
    uids,
    gids,
    namespacePids: pids(value(text, 'NSpid')) ?? [threadGroupId],
    threadCount: integer(value(text, 'Threads')) ?? 1,
    effectiveCapabilities: hexadecimal(value(text, 'CapEff')) ?? 0n,
    noNewPrivileges: noNewPrivileges === undefined ? undefined : noNewPrivileges === 1,
    seccomp: seccomp === undefined ? undefined : SECCOMP[seccomp],
    isKernelThread: kernelThread === undefined ? undefined : kernelThread === 1,
  };
}

function value(text: string, key: string): string | undefined {
  const at = text.indexOf(`\n${key}:\t`);
  if (at < 0) return undefined;
  const from = at + key.length + 3;
  const end = text.indexOf('\n', from);
  return text.slice(from, end < 0 ? undefined : end);
}

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function hexadecimal(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[0-9a-f]{1,16}$/.test(text) ? BigInt(`0x${text}`) : undefined;
}

function ids(text: string | undefined): Ids | undefined {
  const parts = text?.split('\t').map(integer) ?? [];
  const [real, effective, saved, fileSystem] = parts;
  if (real === undefined || effective === undefined) return undefined;
  if (saved === undefined || fileSystem === undefined) return undefined;
  return { real, effective, saved, fileSystem };
}

function pids(text: string | undefined): number[] | undefined {
  const parts = text?.split('\t', LIMITS.pidNamespaceDepth).map(integer);
  if (parts === undefined || parts.some((pid) => pid === undefined)) return undefined;
  return parts as number[];
}
