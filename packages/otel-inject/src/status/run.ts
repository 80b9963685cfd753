// SPDX-License-Identifier: Apache-2.0
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { ExitCode, type Invocation, ToolError } from '@otelkit/cli-kit';
import { BinaryCache, ProcError, ProcFs } from '@otelkit/core';
import { findInstallations, type Installation } from './installation.ts';
import {
  isOfInterest,
  newStatusCounts,
  type ProcessStatusEntry,
  processStatuses,
} from './processes.ts';
import { renderCounts, renderInstallation, renderProcesses } from './render.ts';
import type { StatusFlags } from './spec.ts';

export async function run(invocation: Invocation<StatusFlags>): Promise<ExitCode> {
  const { flags, output, cwd } = invocation;
  const root = flags.root === undefined ? '/' : resolve(cwd, flags.root);
  const installations = await findInstallations(root, homedir());
  for (const installation of installations) {
    await output.emit({
      key: 'installations',
      json: () => installation,
      text: (context) => renderInstallation(installation, context),
    });
  }
  const isInstalled = installations.some(({ state }) => state !== 'absent');
  const isWhole = installations.every(isAsItShouldBe);
  if (!isInstalled || !isWhole) output.fail(ExitCode.negative);
  // Processes are this host's, not those of an image.
  if (root === '/') await showProcesses(invocation, installations, isInstalled);
  return output.exitCode();
}

async function showProcesses(
  { flags, output, progress }: Invocation<StatusFlags>,
  installations: readonly Installation[],
  isInstalled: boolean,
): Promise<void> {
  const counts = newStatusCounts();
  const task = progress.begin('processes');
  const shown: ProcessStatusEntry[] = [];
  try {
    const entries = processStatuses(new ProcFs(), new BinaryCache(), counts, {
      pids: flags.pid,
      installedMs: installedMs(installations),
      isInstalled,
      onProcess: (pid) => task.advance(String(pid)),
    });
    for (const entry of entries) {
      if (!flags.all && flags.pid.length === 0 && !isOfInterest(entry)) continue;
      if (output.mode === 'text') shown.push(entry);
      else await output.emit({ key: 'processes', json: () => entry, text: () => '' });
    }
  } catch (error) {
    if (!(error instanceof ProcError)) throw error;
    const message = error.reason === 'gone' ? 'no such process' : error.message;
    output.problem(new ToolError(message, { code: error.code, exitCode: 4, path: error.path }));
  } finally {
    task.end();
  }
  output.member('summary', counts);
  await output.say((context) => renderProcesses(shown, context) + renderCounts(counts, context));
}

function installedMs(installations: readonly Installation[]): number | undefined {
  const times = installations.map(({ installedAt }) => Date.parse(installedAt ?? ''));
  const known = times.filter((time) => Number.isFinite(time));
  return known.length === 0 ? undefined : Math.min(...known);
}

function isAsItShouldBe({
  state,
  files,
  interrupted,
  modes,
  isInPreloadFile,
}: Installation): boolean {
  if (state === 'damaged' || interrupted !== null) return false;
  if (modes.includes('ld-preload') && !isInPreloadFile) return false;
  return files.every((file) => file.state === 'as-installed');
}
