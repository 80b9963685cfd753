// SPDX-License-Identifier: Apache-2.0
// The exporter of the agent: flags outweigh OTEL_EXPORTER_OTLP_*.
import {
  type ExporterEvent,
  OtlpExporter,
  type OtlpOption,
  type OtlpSettings,
  otlpConfiguration,
} from '@otelkit/otlp';
import { type Layers, SettingReader } from '../config/layers.ts';
import { usage } from '../config/usage.ts';
import { version } from '../version.ts';

export interface CollectorChoice {
  readonly settings: OtlpSettings;
  /** Something worth saying at the start. */
  readonly remarks: readonly string[];
}

/** Undefined where nobody named a collector. @throws ToolError (exit 2) */
export function chooseCollector(layers: Layers): CollectorChoice | undefined {
  const overrides = overridesOf(new SettingReader(layers));
  const configuration = otlpConfiguration(layers.env, 'profiles', {
    userAgent: `otel-profile/${version}`,
    overrides,
  });
  const { problems, hasEndpoint, settings } = configuration;
  const fatal = problems.find(({ isFatal }) => isFatal);
  if (fatal !== undefined) throw usage(`${fatal.name}: ${fatal.message}`);
  if (!hasEndpoint || settings === undefined) return undefined;
  return { settings, remarks: problems.map(({ name, message }) => `${name}: ${message}`) };
}

function overridesOf(read: SettingReader): Partial<Record<OtlpOption, string>> {
  const result: Partial<Record<OtlpOption, string>> = {};
  const set = (option: OtlpOption, value: string | undefined): void => {
    if (value !== undefined && value !== '') result[option] = value;
  };
  const endpoint = read.text('collection-agent');
  set('ENDPOINT', endpoint);
  set('PROTOCOL', read.choice('protocol', ['grpc', 'http/protobuf']));
  set('COMPRESSION', read.choice('compression', ['gzip', 'none']));
  const headers = read.list('header');
  if (headers.length > 0) set('HEADERS', headers.map(encodeHeader).join(','));
  set('CERTIFICATE', read.text('ca-certificate'));
  set('CLIENT_CERTIFICATE', read.text('client-certificate'));
  set('CLIENT_KEY', read.text('client-key'));
  if (endpoint !== undefined) {
    set('INSECURE', String(read.boolean('disable-tls', isThisHost(endpoint))));
  }
  return result;
}

/** A collector on this host has no certificate that anybody could check. */
function isThisHost(endpoint: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|$)/.test(endpoint);
}

/** The variable's form: percent-encoded, so that commas may stand in a value. */
function encodeHeader(header: string): string {
  const equals = header.indexOf('=');
  if (equals <= 0) throw usage(`--header ${header}: expected NAME=VALUE`);
  return `${header.slice(0, equals)}=${encodeURIComponent(header.slice(equals + 1))}`;
}

export function openExporter(
  { settings }: CollectorChoice,
  spill: { readonly folder: string | undefined; readonly bytes: number },
  onEvent: (event: ExporterEvent) => void,
): OtlpExporter {
  const { target, compression, timeoutMs } = settings;
  return new OtlpExporter({
    target,
    compression,
    timeoutMs,
    spillFolder: spill.folder,
    spillBytes: spill.bytes,
    onEvent,
  });
}
