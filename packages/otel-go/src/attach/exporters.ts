// SPDX-License-Identifier: Apache-2.0
// Where spans and metrics go, by flags and the variables of OpenTelemetry.
import { ToolError } from '@otelkit/cli-kit';
import {
  type ExporterEvent,
  OtlpExporter,
  type OtlpOption,
  type OtlpSettings,
  otlpConfiguration,
  parseEndpoint,
  type Signal,
} from '@otelkit/otlp';
import { version } from '../version.ts';

type Env = Readonly<Record<string, string | undefined>>;

export type TraceExporter = 'otlp' | 'console' | 'local' | 'none';

export interface ExporterFlags {
  readonly endpoint: string | undefined;
  readonly protocol: string | undefined;
  readonly exporter: TraceExporter | undefined;
}

export interface ChosenExporters {
  readonly traces: TraceExporter;
  readonly metrics: 'otlp' | 'none';
  readonly remarks: readonly string[];
}

const KNOWN: readonly string[] = ['otlp', 'console', 'none'];
const GRPC_PORT = 4317;

/** Without any endpoint, and where no variable asks for one, traces are shown here. */
export function chooseExporters(flags: ExporterFlags, env: Env): ChosenExporters {
  const remarks: string[] = [];
  const variable = (name: string): string | undefined => {
    const text = env[name]?.trim();
    if (text === undefined || text === '') return undefined;
    // A list may be given; one of them is as much as anybody needs here.
    const found = text
      .split(',')
      .find((one) => KNOWN.includes(one.trim()))
      ?.trim();
    if (found === undefined) remarks.push(`${name} ${text}: expected ${KNOWN.join(', ')}`);
    return found;
  };
  const named = flags.exporter ?? variable('OTEL_TRACES_EXPORTER');
  const traces = (named ?? (hasEndpoint(flags, env, 'traces') ? 'otlp' : 'local')) as TraceExporter;
  const asked = variable('OTEL_METRICS_EXPORTER');
  const byDefault = traces === 'otlp' || hasEndpoint(flags, env, 'metrics') ? 'otlp' : 'none';
  const metrics = asked === undefined ? byDefault : asked === 'otlp' ? 'otlp' : 'none';
  const isOff = traces === 'none' && asked === undefined;
  return { traces, metrics: isOff ? 'none' : metrics, remarks };
}

function hasEndpoint({ endpoint }: ExporterFlags, env: Env, signal: Signal): boolean {
  const names = ['', `${signal.toUpperCase()}_`].map((of) => `OTEL_EXPORTER_OTLP_${of}ENDPOINT`);
  return endpoint !== undefined || names.some((name) => (env[name] ?? '').trim() !== '');
}

/** @throws ToolError where nothing could be sent */
export function otlpSettings(
  flags: ExporterFlags,
  env: Env,
  signal: Signal,
  remark: (message: string) => void,
): OtlpSettings {
  const overrides: Partial<Record<OtlpOption, string>> = {
    ...(flags.endpoint !== undefined && { ENDPOINT: flags.endpoint }),
    ...(flags.protocol !== undefined && { PROTOCOL: flags.protocol }),
  };
  const { settings, problems } = otlpConfiguration(env, signal, {
    userAgent: `otel-go/${version}`,
    overrides,
    protocol: usualProtocol(flags, env, signal),
    // The specification's default; compressing would cost more than making the spans.
    compression: 'none',
  });
  for (const { name, message } of problems) remark(`${name}: ${message}`);
  if (settings !== undefined) return settings;
  const [first] = problems.filter(({ isFatal }) => isFatal);
  throw new ToolError(`${first?.name ?? 'the collector'}: ${first?.message ?? 'is not usable'}`, {
    code: 'USAGE',
    exitCode: 2,
  });
}

/** The exporter specification's http/protobuf, but for the port that is gRPC's everywhere. */
function usualProtocol(flags: ExporterFlags, env: Env, signal: Signal): 'grpc' | 'http/protobuf' {
  const ofSignal = env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`];
  const text = flags.endpoint ?? ofSignal ?? env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '';
  const endpoint = parseEndpoint(text.trim(), { port: 0, isSecure: false });
  return typeof endpoint !== 'string' && endpoint.port === GRPC_PORT ? 'grpc' : 'http/protobuf';
}

export function openExporter(
  settings: OtlpSettings,
  tell: (event: ExporterEvent) => void,
): OtlpExporter {
  return new OtlpExporter({ ...settings, spillFolder: undefined, onEvent: tell });
}
