// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { ExitCode, type Invocation, ToolError } from '@otelkit/cli-kit';
import { ProcError, ProcFs } from '@otelkit/core';
import { configPlaces } from '../config/places.ts';
import { accountLayout, hostLayout, hostPath } from '../layout/paths.ts';
import { findLibrary } from '../library/find.ts';
import { mendInterrupted } from '../plan/mend.ts';
import { findInstallations, type Installation } from '../status/installation.ts';
import type { DoctorCheck } from './check.ts';
import { hostChecks } from './hostChecks.ts';
import {
  agentChecks,
  configurationCheck,
  installationChecks,
  mended,
} from './installationChecks.ts';
import { processCheck } from './processCheck.ts';
import { renderCheck } from './render.ts';
import type { DoctorFlags } from './spec.ts';

export async function run(invocation: Invocation<DoctorFlags>): Promise<ExitCode> {
  const { flags, output } = invocation;
  const checks = flags.pid === undefined ? await allChecks(invocation) : [ofProcess(flags.pid)];
  const titleCells = Math.max(...checks.map(({ title }) => title.length));
  for (const check of checks) {
    await output.emit({
      json: () => check,
      text: (context) => renderCheck(check, titleCells, context),
    });
    if (check.verdict === 'bad') output.fail(ExitCode.negative);
  }
  return output.exitCode();
}

function ofProcess(pid: number): DoctorCheck {
  try {
    return processCheck(new ProcFs(), pid);
  } catch (error) {
    if (!(error instanceof ProcError)) throw error;
    const message = error.reason === 'gone' ? 'no such process' : error.message;
    throw new ToolError(message, { code: error.code, exitCode: 4, path: String(pid) });
  }
}

async function allChecks({ flags, cwd }: Invocation<DoctorFlags>): Promise<DoctorCheck[]> {
  const root = flags.root === undefined ? '/' : resolve(cwd, flags.root);
  const mending = flags.mend ? mend(root) : [];
  const installations = await findInstallations(root, homedir());
  const checks: DoctorCheck[] = [libraryCheck(), ...mending];
  for (const installation of installations) {
    checks.push(...(await installationChecks(installation)));
    checks.push(...(await agentChecks(installation, agentPrefix(installation))));
  }
  checks.push(configurationCheck(configPlaces(flags.root, undefined, cwd)));
  const { libraryDirectory } = hostLayout(root);
  const mounts = readMounts();
  checks.push(...hostChecks({ root, libraryDirectory, mounts, uid: process.getuid?.() ?? 0 }));
  return checks;
}

/** Of the host below `root`, and of an ordinary user's own account. */
function mend(root: string): DoctorCheck[] {
  const isUser = root === '/' && process.getuid?.() !== 0;
  const recovery = mendInterrupted(isUser ? accountLayout() : hostLayout(root));
  if (recovery !== undefined) return [mended(recovery)];
  const found = 'nothing was interrupted, so nothing is changed';
  return [{ id: 'mended', title: 'Interrupted change', verdict: 'ok', found }];
}

function agentPrefix({ scope, root }: Installation): string {
  const layout = scope === 'host' ? hostLayout(root) : accountLayout();
  return hostPath(layout, layout.agents.prefix);
}

function libraryCheck(): DoctorCheck {
  const base = { id: 'library', title: 'Library' };
  try {
    const { path, origin } = findLibrary();
    return { ...base, verdict: 'ok', found: `${path} (${origin})` };
  } catch (error) {
    return {
      ...base,
      verdict: 'bad',
      found: (error as Error).message,
      costs: 'nothing can be installed or run with an agent',
      hint: 'otel-inject build',
    };
  }
}

function readMounts(): string {
  try {
    return readFileSync('/proc/self/mounts', 'utf8');
  } catch {
    return '';
  }
}
