// SPDX-License-Identifier: Apache-2.0
// An agent and a collector in one process: the agent sends to it over OTLP as any other does.
import { hostname } from 'node:os';
import { findHelper, type LogMessage } from '@otelkit/bpf-client';
import { ExitCode, type Invocation, printable, ToolError } from '@otelkit/cli-kit';
import type { Collector } from '@otelkit/collector';
import { OtlpExporter } from '@otelkit/otlp';
import { Agent } from '../agent/agent.ts';
import { variableOf } from '../agent/environmentNames.ts';
import { type AgentSettings, agentSettings } from '../agent/settings.ts';
import { invokerOf } from '../child/invoker.ts';
import { hasDesktop, openBrowser } from '../collect/openBrowser.ts';
import { sizeOf } from '../collect/size.ts';
import { startCollector } from '../collect/startCollector.ts';
import { stopSignal } from '../collect/stopSignal.ts';
import { durationOf } from '../config/sharedSettings.ts';
import { tableStore } from '../files/tableStore.ts';
import { version } from '../version.ts';
import type { LiveFlags } from './spec.ts';

/** Somebody watches: a picture each second. */
const REPORT_MS = 1_000;
/** Prime to what runs a hundred times a second. */
const DEFAULT_HZ = 99;
const TIMEOUT_MS = 10_000;

export async function run(invocation: Invocation<LiveFlags>): Promise<ExitCode> {
  const { flags, env, output } = invocation;
  const settings = settingsOf(flags);
  const tell = ({ level, message }: LogMessage): void => {
    if (level !== 'debug' && level !== 'info') output.note(printable(message));
  };
  // Before anything listens: without it there is nothing to show.
  const { path: helperPath } = findHelper({ given: flags.helper, from: process.argv[1] ?? '.' });
  const ended = stopSignal();
  const collector = await openCollector(invocation);
  const exporter = exporterTo(collector);
  let died: (error: Error) => void = () => {};
  const death = new Promise<Error>((resolve) => {
    died = resolve;
  });
  const agent = new Agent({
    settings,
    helperPath,
    tables: tableStore(env['CACHE_DIRECTORY']),
    exporter,
    nodeName: undefined,
    tell,
    onDeath: died,
  });
  try {
    await agent.start();
  } catch (error) {
    await exporter.close(0);
    await collector.close();
    throw process.geteuid?.() === 0 ? error : needsRoot(error as Error);
  }
  await output.say(() => `${collector.url}\n`);
  output.note('sampling this host; Ctrl-C ends it');
  if (flags.open ?? hasDesktop(env)) {
    openBrowser(collector.url, invokerOf(env, process.geteuid?.() ?? -1), process.env);
  }
  const timer = { id: undefined as NodeJS.Timeout | undefined };
  const time = new Promise<'time'>((resolve) => {
    if (flags.duration === undefined) return;
    timer.id = setTimeout(() => resolve('time'), durationOf('--duration', flags.duration));
  });
  const cause = await Promise.race([ended, death, time]);
  clearTimeout(timer.id);
  await agent.stop(!(cause instanceof Error));
  await collector.close();
  if (cause instanceof Error) throw cause;
  return ExitCode.ok;
}

function needsRoot({ message }: Error): ToolError {
  return new ToolError(`sampling this host needs root: ${message.split('\n')[0]}`, {
    code: 'PERMISSION',
    exitCode: ExitCode.io,
    hint: 'sudo otel-profile; files and other hosts can be looked at without: otel-profile view FILE, otel-profile collect',
  });
}

function openCollector({ flags, output }: Invocation<LiveFlags>): Promise<Collector> {
  const isKept = flags.store !== undefined && flags.store !== 'off';
  return startCollector({
    listen: flags.listen,
    token: flags.token,
    names: flags.name,
    folder: isKept ? flags.store : undefined,
    retention: {
      ageMs: durationOf('--retention', flags.retention),
      bytes: sizeOf('--max-store', flags['max-store']),
    },
    mode: 'live',
    title: hostname(),
    anyPort: true,
    tell: (message) => output.note(message),
  });
}

function settingsOf(flags: Invocation<LiveFlags>['flags']): AgentSettings {
  const layers = { flags, env: {}, file: {}, fileName: '', variableOf };
  const settings = agentSettings(layers, undefined);
  const hz = flags['samples-per-second'] ?? DEFAULT_HZ;
  const sampling = { ...settings.sampling, hz };
  return { ...settings, sampling, reporterIntervalMs: REPORT_MS, spillFolder: undefined };
}

function exporterTo(collector: Collector): OtlpExporter {
  const { hostname, port } = new URL(collector.url);
  const token = new URL(collector.url).searchParams.get('token');
  return new OtlpExporter({
    target: {
      protocol: 'grpc',
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port),
      path: '',
      isSecure: false,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      userAgent: `otel-profile/${version}`,
      tls: {},
    },
    // Within one process there is nothing to save.
    compression: 'none',
    timeoutMs: TIMEOUT_MS,
    spillFolder: undefined,
    onEvent: () => {},
  });
}
