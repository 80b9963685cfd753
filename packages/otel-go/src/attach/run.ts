// SPDX-License-Identifier: Apache-2.0
import { findHelper } from '@otelkit/bpf-client';
import { ExitCode, type Invocation, printable, ToolError } from '@otelkit/cli-kit';
import { targetChoice } from '../discover/targets.ts';
import { GO_TRACE_LIMITS } from '../limits.ts';
import { MetricsReporter } from '../metrics/metricsReporter.ts';
import { chooseExporters, openExporter, otlpSettings } from './exporters.ts';
import { attachSettings } from './settings.ts';
import { openSpans } from './spanSinks.ts';
import type { AttachFlags } from './spec.ts';
import { stopSignal } from './stopSignal.ts';
import { type Tell, Tracer } from './tracer.ts';
import { tellWhatIsTraced } from './whatIsTraced.ts';

export async function run(invocation: Invocation<AttachFlags>): Promise<ExitCode> {
  const { flags, env, output } = invocation;
  const tell: Tell = (level, message) => {
    if (level === 'warning' || flags.verbose) output.note(printable(message));
  };
  if (/^true$/i.test(env['OTEL_SDK_DISABLED']?.trim() ?? '')) {
    output.note('OTEL_SDK_DISABLED is set: nothing is attached');
    return ExitCode.ok;
  }
  const choice = targetChoice(flags, env);
  const settings = attachSettings(flags, env);
  const chosen = chooseExporters(flags, env);
  const remark = (message: string): void => tell('warning', message);
  for (const message of [...settings.remarks, ...chosen.remarks]) remark(message);
  const { path: helperPath } = findHelper({ given: flags.helper, from: process.argv[1] ?? '.' });
  const ended = stopSignal();
  const opened = await openSpans(invocation, chosen.traces, settings.batch, tell);
  let died: (error: Error) => void = () => {};
  const death = new Promise<Error>((resolve) => {
    died = resolve;
  });
  const tracer = new Tracer({
    helperPath,
    choice,
    settings,
    nodeName: env['K8S_NODE_NAME'],
    spans: opened.sink,
    wantsMetrics: chosen.metrics === 'otlp',
    tell,
    onDeath: (error) => died(error),
  });
  const metrics =
    tracer.durations === undefined
      ? undefined
      : new MetricsReporter(
          tracer.durations,
          openExporter(otlpSettings(flags, env, 'metrics', remark), ({ level, code, message }) =>
            tell(level === 'info' ? 'debug' : 'warning', `metrics: ${code}: ${message}`),
          ),
          settings.metricIntervalMs,
        );
  try {
    const { loadMs } = await tracer.start();
    tell('info', `ready: loaded in ${loadMs} ms`);
  } catch (error) {
    await Promise.all([tracer.stop(), opened.close(0), metrics?.close(0)]);
    throw process.geteuid?.() === 0 ? error : needsRoot(error as Error);
  }
  await opened.announce();
  const telling = new AbortController();
  void tellWhatIsTraced(tracer, (text) => output.note(text), telling.signal);
  const time = timeOver(settings.durationMs);
  const cause = await Promise.race([ended, death, time.over]);
  time.cancel();
  telling.abort();
  await tracer.stop();
  const closeMs = GO_TRACE_LIMITS.closeMs;
  const [lost] = await Promise.all([opened.close(closeMs), metrics?.close(closeMs)]);
  const { spans, records, unsampled } = tracer.pipeline.counts;
  tell('info', `${records} calls: ${spans} spans, ${unsampled} not sampled, ${lost} not sent`);
  if (lost > 0) output.note(`${lost} spans could not be sent`);
  if (cause instanceof Error) throw cause;
  return ExitCode.ok;
}

function timeOver(ms: number | undefined): { over: Promise<void>; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    if (ms !== undefined) timer = setTimeout(resolve, ms);
  });
  return { over, cancel: () => clearTimeout(timer) };
}

function needsRoot({ message }: Error): ToolError {
  return new ToolError(`attaching needs root: ${message.split(/[\n(]/)[0]!.trim()}`, {
    code: 'PERMISSION',
    exitCode: ExitCode.io,
    hint: 'sudo otel-go attach; what a program would give can be seen without: otel-go inspect FILE',
  });
}
