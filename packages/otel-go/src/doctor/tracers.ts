// SPDX-License-Identifier: Apache-2.0
// Who else traces Go programs on this host.
import { listProcesses, ProcError, type ProcFs, readStat } from '@otelkit/core';
import { CLAIMS_FOLDER, claimOwner } from '../instrument/claims.ts';

/** Names of the processes of other tracers of Go programs, as /proc/PID/comm cuts them. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ['otel-go-instrum', 'OpenTelemetry Go auto-instrumentation'],
  ['beyla', 'Grafana Beyla'],
  ['obi', 'OpenTelemetry eBPF instrumentation'],
  ['ebpf-instrument', 'OpenTelemetry eBPF instrumentation'],
  ['odiglet', 'Odigos'],
  ['pixie-pem', 'Pixie'],
  ['coroot-node-age', 'Coroot'],
]);

export interface OtherTracers {
  /** The otel-go that has this process. */
  readonly owner: number | undefined;
  readonly others: readonly { readonly pid: number; readonly name: string }[];
}

export function otherTracers(fs: ProcFs, pid: number): OtherTracers {
  const others: { pid: number; name: string }[] = [];
  for (const candidate of listProcesses(fs)) {
    const name = OTHERS.get(commOf(fs, candidate) ?? '');
    if (name !== undefined) others.push({ pid: candidate, name });
  }
  return { owner: claimOwner(fs, CLAIMS_FOLDER, pid), others };
}

function commOf(fs: ProcFs, pid: number): string | undefined {
  try {
    return readStat(fs, pid).comm;
  } catch (error) {
    if (error instanceof ProcError) return undefined;
    throw error;
  }
}
