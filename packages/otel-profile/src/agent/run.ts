// SPDX-License-Identifier: Apache-2.0
import { findHelper, type LogMessage } from '@otelkit/bpf-client';
import { ExitCode, type Invocation, printable, ToolError } from '@otelkit/cli-kit';
import { lostItemsOf, type OtlpExporter } from '@otelkit/otlp';
import type { Layers } from '../config/layers.ts';
import { tableStore } from '../files/tableStore.ts';
import { lossesOf } from '../record/losses.ts';
import { boundYoungObjects } from '../workers/collectGarbage.ts';
import { giveMemoryBack } from '../workers/giveMemoryBack.ts';
import { Agent } from './agent.ts';
import { chooseCollector, openExporter } from './collector.ts';
import { readConfigFile } from './configFile.ts';
import { variableOf } from './environmentNames.ts';
import { agentSettings } from './settings.ts';
import type { AgentFlags } from './spec.ts';

const COPYRIGHT =
  'otel-profile: Apache-2.0; its BPF programs: GPL-2.0-only; others: THIRD_PARTY.txt';

export async function run(invocation: Invocation<AgentFlags>): Promise<ExitCode> {
  const { flags, env, output } = invocation;
  if (flags.copyright) {
    await output.say(() => `${COPYRIGHT}\n`);
    return ExitCode.ok;
  }
  boundYoungObjects();
  const layers = await settingLayers(flags, env);
  const collector = chooseCollector(layers);
  if (collector === undefined) {
    throw new ToolError('no collector is named', {
      code: 'USAGE',
      exitCode: ExitCode.usage,
      hint: 'otel-profile --collection-agent=HOST:PORT; without a collector: otel-profile top',
    });
  }
  const settings = agentSettings(
    layers,
    stateFolder(env['STATE_DIRECTORY']),
    env['DEBUGINFOD_URLS'],
  );
  const tell = ({ level, message }: LogMessage): void => {
    if (settings.isVerbose || (level !== 'debug' && level !== 'info')) {
      output.note(printable(message));
    }
  };
  for (const remark of [...collector.remarks, ...settings.remarks])
    tell({ level: 'warning', message: remark });
  const { path: helperPath } = findHelper({
    given: settings.helper,
    from: process.argv[1] ?? '.',
  });
  giveMemoryBack(helperPath);
  const spill = { folder: settings.spillFolder, bytes: settings.spillBytes };
  const exporter = openExporter(collector, spill, ({ level, code, message }) =>
    tell({ level, message: `collector: ${code}: ${message}` }),
  );
  let ended: (cause: 'signal' | Error) => void = () => {};
  const end = new Promise<'signal' | Error>((resolve) => {
    ended = resolve;
  });
  const agent = new Agent({
    settings,
    helperPath,
    tables: tableStore(env['CACHE_DIRECTORY']),
    exporter,
    nodeName: env['K8S_NODE_NAME'],
    tell,
    onDeath: ended,
  });
  onStopSignal(() => ended('signal'));
  try {
    await agent.start();
  } catch (error) {
    await exporter.close(0);
    throw error;
  }
  const stopMetrics = await startMetrics(agent, exporter, settings, tell);
  tell({ level: 'info', message: `sampling at ${settings.sampling.hz} Hz` });
  const cause = await end;
  stopMetrics();
  const { lostItems, keptItems } = await agent.stop(cause === 'signal');
  for (const line of summaryOf(agent, exporter, keptItems)) tell({ level: 'info', message: line });
  if (keptItems > 0) output.note(`${keptItems} samples are on disk for the next start`);
  if (lostItems > 0) output.note(`${lostItems} samples could not be sent`);
  if (cause !== 'signal') throw cause;
  return ExitCode.ok;
}

/** What became of every sample. */
function summaryOf(agent: Agent, exporter: OtlpExporter, keptItems: number): string[] {
  const { statistics, counts } = agent.profiler;
  const { sentItems, lost } = exporter.statistics();
  const sums = `${sentItems} sent, ${keptItems} on disk, ${lostItemsOf(lost)} lost`;
  const all = statistics.counters?.['samples'] ?? counts.samples;
  return [`${all} samples, ${counts.samples} taken: ${sums}`, ...lossesOf(agent.profiler)];
}

async function settingLayers(
  flags: Invocation<AgentFlags>['flags'],
  env: Layers['env'],
): Promise<Layers> {
  const fileName = flags.config ?? env[variableOf('config')] ?? '';
  const known = new Set(Object.keys(flags));
  const file = fileName === '' ? {} : await readConfigFile(fileName, known);
  return { flags, env, file, fileName, variableOf };
}

/** Reports wait below the folder that systemd gives, or the host's usual place. */
function stateFolder(given: string | undefined): string | undefined {
  const [first] = (given ?? '').split(':');
  if (first !== undefined && first !== '') return `${first}/spool`;
  return process.geteuid?.() === 0 ? '/var/lib/otel-profile/spool' : undefined;
}

/** The first one ends the agent in order, the second one at once. */
function onStopSignal(stop: () => void): void {
  let count = 0;
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (++count > 1) process.exit(ExitCode.negative);
      stop();
    });
  }
}

async function startMetrics(
  ...[agent, exporter, settings, tell]: [
    Agent,
    ReturnType<typeof openExporter>,
    ReturnType<typeof agentSettings>,
    (message: LogMessage) => void,
  ]
): Promise<() => void> {
  if (settings.metricsListen === undefined && !settings.metricsExport) return () => {};
  const { MetricsService } = await import('../metrics/metricsService.ts');
  const service = new MetricsService(agent, exporter, settings, tell);
  await service.start();
  return () => service.stop();
}
