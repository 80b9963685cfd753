// SPDX-License-Identifier: Apache-2.0
import type { Output, Progress } from '@otelkit/cli-kit';
import {
  attempt,
  BinaryCache,
  type EnvironmentVariable,
  type ExplainTarget,
  type InventoryEntry,
  inventory,
  newCounts,
  ProcFs,
  readArguments,
  readEnvironment,
  readUserNames,
} from '@otelkit/core';
import { renderProcesses } from './renderProcesses.ts';

export interface ProcessScanOptions {
  readonly showArguments: boolean;
  readonly showEnvironment: boolean;
}

/** One process as `scan --proc` gives it out. */
export interface ScannedProcess extends InventoryEntry {
  readonly user: string | null;
  readonly arguments?: readonly string[];
  readonly environment?: readonly EnvironmentVariable[];
}

/**
 * Lists every running process: a document's `processes` and `processSummary`, or a table. The rows
 * of the table are sorted, so they come at the end; JSON comes as processes are looked at.
 */
export async function scanProcesses(
  options: ProcessScanOptions,
  output: Output,
  progress: Progress,
): Promise<void> {
  const fs = new ProcFs();
  const cache = new BinaryCache();
  const counts = newCounts();
  const names = readUserNames();
  const rows: ScannedProcess[] = [];
  const task = progress.begin('processes');
  const advance = (pid: number, total: number): void => {
    task.setTotal(total);
    task.advance(String(pid));
  };
  for (const { entry, target } of inventory(fs, cache, counts, advance)) {
    const user = entry.uid === null ? null : (names.get(entry.uid) ?? null);
    const row = { ...entry, user, ...strings(fs, target, options) };
    if (output.mode === 'text') rows.push(row);
    else await output.emit({ key: 'processes', json: () => row, text: () => '' });
  }
  task.end();
  output.member('processSummary', { ...counts, filesRead: cache.filesRead });
  await output.say((context) => renderProcesses(rows, counts, context));
}

/** Read only when asked for; they come masked. */
function strings(
  fs: ProcFs,
  target: ExplainTarget,
  { showArguments, showEnvironment }: ProcessScanOptions,
): Pick<ScannedProcess, 'arguments' | 'environment'> {
  const { stat } = target.process!.snapshot;
  const missing = {};
  const shown = showArguments
    ? attempt(missing, 'arguments', () => readArguments(fs, stat).arguments)
    : undefined;
  const environment = showEnvironment
    ? attempt(missing, 'environment', () => readEnvironment(fs, stat).variables)
    : undefined;
  return {
    ...(shown !== undefined && { arguments: shown }),
    ...(environment !== undefined && { environment }),
  };
}
