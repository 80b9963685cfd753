// SPDX-License-Identifier: Apache-2.0
// OTEL_EXPORTER_OTLP_* and OTEL_EXPORTER_OTLP_<SIGNAL>_* (opentelemetry.io/docs/specs/otel/protocol/
// exporter, "Configuration Options"). A pure function of the variables that it is given.
import type { TlsSettings } from '../export/tls.ts';
import { HTTP_PATH, type OtlpTarget, type Signal } from '../export/transport.ts';
import { LIMITS } from '../limits.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';
import { parseHeaders } from './headers.ts';

const PREFIX = 'OTEL_EXPORTER_OTLP_';
const GRPC_PORT = 4317;
const HTTP_PORT = 4318;

/** Values by variable name without prefix and signal, as a command line may give them. */
export type OtlpOption =
  | 'ENDPOINT'
  | 'PROTOCOL'
  | 'INSECURE'
  | 'HEADERS'
  | 'COMPRESSION'
  | 'TIMEOUT'
  | 'CERTIFICATE'
  | 'CLIENT_CERTIFICATE'
  | 'CLIENT_KEY';

export interface OtlpDefaults {
  readonly userAgent: string;
  /** What counts before any variable: flags, a configuration file. */
  readonly overrides?: Readonly<Partial<Record<OtlpOption, string>>>;
  /** `grpc` unless given. */
  readonly protocol?: OtlpTarget['protocol'];
  /** `gzip` unless given. */
  readonly compression?: 'gzip' | 'none';
}

/** What an exporter needs, beside a folder to spill to. */
export interface OtlpSettings {
  readonly target: OtlpTarget;
  readonly compression: 'gzip' | 'none';
  readonly timeoutMs: number;
}

/** Something in the configuration that is not as it should be. */
export interface OtlpConfigProblem {
  /** The variable, or the option's name where an override was wrong. */
  readonly name: string;
  readonly message: string;
  /** Without an endpoint, or half of a client certificate, nothing can be sent. */
  readonly isFatal: boolean;
}

export interface OtlpConfiguration {
  /** Absent after a fatal problem. */
  readonly settings: OtlpSettings | undefined;
  /** Whether anything named an endpoint; otherwise it is the local default. */
  readonly hasEndpoint: boolean;
  readonly problems: readonly OtlpConfigProblem[];
}

interface Found {
  readonly name: string;
  readonly value: string;
  readonly isOfSignal: boolean;
}

type Report = (name: string, message: string, isFatal?: boolean) => void;

/** Settings for one signal. Never throws; problems never repeat the value of a header. */
export function otlpConfiguration(
  environment: Readonly<Record<string, string | undefined>>,
  signal: Signal,
  defaults: OtlpDefaults,
): OtlpConfiguration {
  const problems: OtlpConfigProblem[] = [];
  const report: Report = (name, message, isFatal = false) => {
    problems.push({ name, message, isFatal });
  };
  const find = (option: OtlpOption): Found | undefined =>
    findOption(environment, signal, defaults.overrides ?? {}, option);
  const protocol = readProtocol(find('PROTOCOL'), defaults.protocol ?? 'grpc', report);
  const found = find('ENDPOINT');
  const isInsecure = readBoolean(find('INSECURE'), report);
  const endpoint = readEndpoint(found, protocol, isInsecure, report);
  const compression = readCompression(find('COMPRESSION'), defaults.compression ?? 'gzip', report);
  const timeoutMs = readTimeout(find('TIMEOUT'), report);
  const headers = readHeaders(find('HEADERS'), report);
  const tls = readTls(find, report);
  if (endpoint === undefined || problems.some((problem) => problem.isFatal))
    return { settings: undefined, hasEndpoint: found !== undefined, problems };
  const { host, port, isSecure } = endpoint;
  const path = httpPath(endpoint, signal, found?.isOfSignal ?? false);
  const { userAgent } = defaults;
  const target = { protocol, host, port, isSecure, path, headers, tls, userAgent };
  const settings = { target, compression, timeoutMs };
  return { settings, hasEndpoint: found !== undefined, problems };
}

/** Empty variables count as unset (OpenTelemetry's rules for environment variables). */
function findOption(
  environment: Readonly<Record<string, string | undefined>>,
  signal: Signal,
  overrides: Readonly<Partial<Record<OtlpOption, string>>>,
  option: OtlpOption,
): Found | undefined {
  const override = overrides[option]?.trim();
  // A flag without a path means the collector, as the general variable does.
  if (override) return { name: option, value: override, isOfSignal: hasPath(override) };
  const ofSignal = `${PREFIX}${signal.toUpperCase()}_${option}`;
  for (const name of [ofSignal, `${PREFIX}${option}`]) {
    const value = environment[name]?.trim();
    if (value) return { name, value, isOfSignal: name === ofSignal };
  }
  return undefined;
}

function hasPath(endpoint: string): boolean {
  return /[^/]\/[^/]/.test(endpoint.replace(/^[a-z]+:\/\//i, ''));
}

function readProtocol(
  found: Found | undefined,
  fallback: OtlpTarget['protocol'],
  report: Report,
): OtlpTarget['protocol'] {
  if (found === undefined) return fallback;
  if (found.value === 'grpc' || found.value === 'http/protobuf') return found.value;
  const instead = found.value === 'http/json' ? 'http/protobuf' : fallback;
  report(found.name, `expected grpc or http/protobuf; ${instead} is used`);
  return instead;
}

function readEndpoint(
  found: Found | undefined,
  protocol: OtlpTarget['protocol'],
  isInsecure: boolean,
  report: Report,
): Endpoint | undefined {
  const port = protocol === 'grpc' ? GRPC_PORT : HTTP_PORT;
  if (found === undefined) return { host: 'localhost', port, isSecure: false, path: '/' };
  const endpoint = parseEndpoint(found.value, { port, isSecure: !isInsecure });
  if (typeof endpoint !== 'string') return endpoint;
  report(found.name, endpoint, true);
  return undefined;
}

/** The path of a signal's own endpoint is used as it is (`/` where it has none). */
function httpPath(endpoint: Endpoint, signal: Signal, isOfSignal: boolean): string {
  if (isOfSignal) return endpoint.path;
  return `${endpoint.path.replace(/\/+$/, '')}/${HTTP_PATH[signal]}`;
}

function readBoolean(found: Found | undefined, report: Report): boolean {
  const value = found?.value.toLowerCase();
  if (found !== undefined && value !== 'true' && value !== 'false')
    report(found.name, 'expected true or false; false is used');
  return value === 'true';
}

function readCompression(
  found: Found | undefined,
  fallback: 'gzip' | 'none',
  report: Report,
): 'gzip' | 'none' {
  if (found === undefined) return fallback;
  if (found.value === 'gzip' || found.value === 'none') return found.value;
  report(found.name, `expected gzip or none; ${fallback} is used`);
  return fallback;
}

/** Milliseconds; 0 means no limit. */
function readTimeout(found: Found | undefined, report: Report): number {
  if (found === undefined) return LIMITS.timeoutMs;
  if (!/^\d+$/.test(found.value)) {
    report(found.name, `expected milliseconds; ${LIMITS.timeoutMs} is used`);
    return LIMITS.timeoutMs;
  }
  return Math.min(Number(found.value) || LIMITS.timeoutMaxMs, LIMITS.timeoutMaxMs);
}

function readHeaders(found: Found | undefined, report: Report): Record<string, string> {
  if (found === undefined) return {};
  const { headers, problems } = parseHeaders(found.value);
  for (const problem of problems) report(found.name, problem);
  return headers;
}

function readTls(find: (option: OtlpOption) => Found | undefined, report: Report): TlsSettings {
  const certificate = find('CLIENT_CERTIFICATE');
  const key = find('CLIENT_KEY');
  if (certificate !== undefined && key === undefined)
    report(certificate.name, 'a client certificate needs its key (CLIENT_KEY)', true);
  if (key !== undefined && certificate === undefined)
    report(key.name, 'a client key needs its certificate (CLIENT_CERTIFICATE)', true);
  return {
    caFile: find('CERTIFICATE')?.value,
    clientCertificateFile: certificate?.value,
    clientKeyFile: key?.value,
  };
}
