// SPDX-License-Identifier: Apache-2.0
import { BpfHelper, findHelper, HelperError } from '@otelkit/bpf-client';
import { ExitCode, type Invocation, renderCheck } from '@otelkit/cli-kit';
import { ProcFs } from '@otelkit/core';
import type { DoctorCheck } from './check.ts';
import { exporterCheck, samplerCheck } from './exporterCheck.ts';
import { featureChecks, tracerChecks } from './hostChecks.ts';
import { processChecks } from './processChecks.ts';
import type { DoctorFlags } from './spec.ts';

const PAINT: Readonly<Record<DoctorCheck['verdict'], 'good' | 'warn' | 'bad'>> = {
  ok: 'good',
  warning: 'warn',
  bad: 'bad',
  unknown: 'warn',
};

export async function run(invocation: Invocation<DoctorFlags>): Promise<ExitCode> {
  const { output } = invocation;
  const checks = await allChecks(invocation);
  const titleCells = Math.max(...checks.map(({ title }) => title.length));
  for (const check of checks) {
    await output.emit({
      json: () => check,
      text: (context) =>
        renderCheck({ ...check, paint: PAINT[check.verdict] }, titleCells, context),
    });
    if (check.verdict === 'bad') output.fail(ExitCode.negative);
  }
  return output.exitCode();
}

async function allChecks({ flags, env }: Invocation<DoctorFlags>): Promise<DoctorCheck[]> {
  const checks: DoctorCheck[] = [];
  const base = { id: 'helper', title: 'Helper' };
  let helper: BpfHelper | undefined;
  try {
    const { path, origin } = findHelper({ given: flags.helper, from: process.argv[1] ?? '.' });
    helper = new BpfHelper({ path, events: {} });
    const { kernel } = await helper.hello();
    checks.push({ ...base, verdict: 'ok', found: `${path} (${origin}), Linux ${kernel}` });
    const { features } = await helper.request('probe');
    checks.push(...featureChecks((features ?? {}) as Readonly<Record<string, unknown>>));
    if (flags.pid !== undefined)
      checks.push(...(await processChecks(new ProcFs(), flags.pid, helper)));
    checks.push(...(await tracerChecks(helper)));
  } catch (error) {
    if (!(error instanceof HelperError)) throw error;
    const { message, hint } = error;
    const check = { ...base, verdict: 'bad' as const, found: message };
    const costs = 'nothing can be traced';
    checks.push(hint === undefined ? { ...check, costs } : { ...check, costs, hint });
  } finally {
    await helper?.close();
  }
  const sampler = samplerCheck(env);
  if (sampler !== undefined) checks.push(sampler);
  checks.push(await exporterCheck(flags, env));
  return checks;
}
