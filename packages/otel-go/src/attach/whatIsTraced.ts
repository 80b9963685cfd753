// SPDX-License-Identifier: Apache-2.0
// What somebody who has just started it wants to know: whether anything is traced at all.

import { setTimeout as pause } from 'node:timers/promises';
import { printable } from '@otelkit/cli-kit';
import type { Executable } from '../instrument/executable.ts';
import type { Tracer } from './tracer.ts';

/** The kernel's records of what runs come within that. */
const FIRST_LOOK_MS = 500;
const SHOWN = 5;

/** One line, once everything that runs already was looked at. */
export async function tellWhatIsTraced(
  tracer: Tracer,
  note: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    await pause(FIRST_LOOK_MS, undefined, { signal });
  } catch {
    return;
  }
  // What failed is told where it was asked for.
  await tracer.manager?.settled().catch(() => {});
  if (!signal.aborted) note(printable(whatIsTraced(tracer.manager?.attached ?? [])));
}

export function whatIsTraced(attached: readonly Executable[]): string {
  const running = attached.filter(({ pids }) => pids.size > 0);
  if (running.length === 0) {
    return 'nothing that can be traced runs yet: waiting for it to start; otel-go doctor --pid PID tells of a process';
  }
  const processes = running.reduce((sum, { pids }) => sum + pids.size, 0);
  const names = running.slice(0, SHOWN).map(({ path }) => path);
  const more = running.length > SHOWN ? ` and ${running.length - SHOWN} more` : '';
  const what = processes === 1 ? '1 process' : `${processes} processes`;
  return `tracing ${what}: ${names.join(', ')}${more}`;
}
