// SPDX-License-Identifier: Apache-2.0
import { BpfHelper, findHelper, HelperError } from '@otelkit/bpf-client';
import { ExitCode, type Invocation } from '@otelkit/cli-kit';
import { KernelSymbols } from '@otelkit/symbols';
import { tableStore } from '../files/tableStore.ts';
import type { DoctorCheck } from './check.ts';
import { capabilityCheck, type Features, featureChecks, settingChecks } from './featureChecks.ts';
import { renderCheck } from './render.ts';
import type { DoctorFlags } from './spec.ts';

export async function run({ flags, output }: Invocation<DoctorFlags>): Promise<ExitCode> {
  const checks = await allChecks(flags.helper);
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

async function allChecks(given: string | undefined): Promise<DoctorCheck[]> {
  const base = { id: 'helper', title: 'Helper' };
  let helper: BpfHelper | undefined;
  try {
    const { path, origin } = findHelper({ given, from: process.argv[1] ?? '.' });
    helper = new BpfHelper({ path, events: {} });
    const { kernel } = await helper.hello();
    const found = `${path} (${origin}), Linux ${kernel}`;
    const { features } = await helper.request('probe');
    const known = (features ?? {}) as Features;
    const capabilities = capabilityCheck(known);
    return [
      { ...base, verdict: 'ok', found },
      ...featureChecks(known),
      ...(capabilities === undefined ? [] : [capabilities]),
      ...settingChecks(known),
      kernelNameCheck(),
      await cacheCheck(),
    ];
  } catch (error) {
    if (!(error instanceof HelperError)) throw error;
    const { message, hint } = error;
    const costs = 'nothing can be sampled';
    const check = { ...base, verdict: 'bad' as const, found: message, costs };
    return [hint === undefined ? check : { ...check, hint }];
  } finally {
    await helper?.close();
  }
}

function kernelNameCheck(): DoctorCheck {
  const base = { id: 'kernelNames', title: 'Kernel names' };
  const { problem } = new KernelSymbols();
  if (problem === undefined) {
    return { ...base, verdict: 'ok', found: '/proc/kallsyms tells the functions' };
  }
  return { ...base, verdict: 'warning', found: problem, costs: 'kernel frames are addresses' };
}

async function cacheCheck(): Promise<DoctorCheck> {
  const base = { id: 'cache', title: 'Table cache' };
  const store = tableStore(undefined);
  const problem = store.tables.cacheProblem;
  await store.close();
  if (problem === undefined) return { ...base, verdict: 'ok', found: store.folder };
  const costs = 'each start makes all unwind tables anew';
  return { ...base, verdict: 'warning', found: problem, costs };
}
