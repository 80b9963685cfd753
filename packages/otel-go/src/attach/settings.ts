// SPDX-License-Identifier: Apache-2.0
// What flags and variables ask for; flags outweigh variables. A value that makes no sense on the
// command line ends the tool, in a variable it is told of and passed over, as the SDKs specify.
import type { GoCaptures, GoSampler } from '@otelkit/bpf-client';
import type { FlagValues } from '@otelkit/cli-kit';
import { type ProcessAttributes, parseResourceAttributes } from '@otelkit/core';
import type { BatchSettings } from '../export/otlpSpans.ts';
import { GO_TRACE_LIMITS } from '../limits.ts';
import type { DescribeSettings } from '../semconv/describe.ts';
import { capturedNames, captures } from './captures.ts';
import type { AttachFlags } from './spec.ts';
import { usage } from './usage.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface AttachSettings {
  readonly sampler: GoSampler;
  readonly captures: GoCaptures;
  readonly describe: DescribeSettings;
  readonly batch: BatchSettings;
  readonly metricIntervalMs: number;
  readonly propagate: boolean;
  readonly serviceName: string | undefined;
  readonly fallback: ProcessAttributes;
  readonly durationMs: number | undefined;
  /** Remarks on variables. */
  readonly remarks: readonly string[];
}

const SAMPLERS: ReadonlySet<string> = new Set([
  ...['always_on', 'always_off', 'traceidratio', 'parentbased_always_on'],
  ...['parentbased_always_off', 'parentbased_traceidratio'],
]);
const DEFAULT_SAMPLER = 'parentbased_always_on';
const TEXTS = ['off', 'redacted', 'full'] as const;

/** @throws ToolError for a flag that makes no sense */
export function attachSettings(flags: FlagValues<AttachFlags>, env: Env): AttachSettings {
  const remarks: string[] = [];
  const remark = (message: string): void => {
    remarks.push(message);
  };
  const fallback = fallbackAttributes(env, remark);
  const propagators = listOf(env['OTEL_PROPAGATORS'] ?? 'tracecontext');
  const captured = captures(flags.header ?? [], env, remark);
  return {
    sampler: samplerOf(flags.sampler, env, remark),
    captures: captured,
    describe: describeSettings(flags, env, capturedNames(captured), remark),
    batch: {
      delayMs: number(env, 'OTEL_BSP_SCHEDULE_DELAY', 1_000, 0, 600_000, remark),
      batchSpans: number(
        env,
        'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
        2_048,
        1,
        GO_TRACE_LIMITS.batchSpans,
        remark,
      ),
      queueSpans: number(
        env,
        'OTEL_BSP_MAX_QUEUE_SIZE',
        65_536,
        1,
        GO_TRACE_LIMITS.queueSpans,
        remark,
      ),
    },
    metricIntervalMs: number(env, 'OTEL_METRIC_EXPORT_INTERVAL', 60_000, 100, 3_600_000, remark),
    propagate: flags.propagate ?? propagators.includes('tracecontext'),
    serviceName: flags['service-name'],
    fallback,
    durationMs: flags.duration === undefined ? undefined : durationOf(flags.duration),
    remarks,
  };
}

function describeSettings(
  flags: FlagValues<AttachFlags>,
  env: Env,
  headers: readonly string[],
  remark: (message: string) => void,
): DescribeSettings {
  const limit = GO_TRACE_LIMITS.attributeChars;
  const general = number(env, 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', limit, 1, limit, remark);
  const name = 'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT';
  return {
    headers,
    statements: {
      text: flags['db-statement'] ?? statementForm(env, remark),
      parse: !/^(false|0|no)$/i.test(env['OTEL_GO_AUTO_PARSE_DB_STATEMENT'] ?? ''),
    },
    attributeChars: number(env, name, general, 1, limit, remark),
  };
}

/** A variable that other agents read as a boolean; ours knows the forms by their names too. */
function statementForm(env: Env, remark: (message: string) => void): (typeof TEXTS)[number] {
  const text = (env['OTEL_GO_AUTO_INCLUDE_DB_STATEMENT'] ?? '').trim().toLowerCase();
  if (text === '' || text === 'false' || text === '0') return 'off';
  if (text === 'true' || text === '1') return 'full';
  const form = TEXTS.find((one) => one === text);
  if (form === undefined) {
    remark(`OTEL_GO_AUTO_INCLUDE_DB_STATEMENT ${text}: expected true, false or redacted`);
  }
  return form ?? 'off';
}

/** `traceidratio=0.1` on the command line; two variables otherwise. */
function samplerOf(
  flag: string | undefined,
  env: Env,
  remark: (message: string) => void,
): GoSampler {
  const [given, argument] =
    flag === undefined
      ? [env['OTEL_TRACES_SAMPLER']?.trim(), env['OTEL_TRACES_SAMPLER_ARG']?.trim()]
      : [flag.split('=', 1)[0], flag.includes('=') ? flag.slice(flag.indexOf('=') + 1) : undefined];
  const name = given === undefined || given === '' ? DEFAULT_SAMPLER : given;
  const complain = (message: string): void => {
    if (flag !== undefined) throw usage(`--sampler ${flag}: ${message}`);
    remark(`OTEL_TRACES_SAMPLER: ${message}; ${DEFAULT_SAMPLER} is used`);
  };
  if (!SAMPLERS.has(name)) {
    complain(`${name} is none of ${[...SAMPLERS].join(', ')}`);
    return { name: DEFAULT_SAMPLER };
  }
  if (!name.endsWith('traceidratio')) return { name };
  const ratio = argument === undefined || argument === '' ? 1 : Number(argument);
  if (ratio >= 0 && ratio <= 1) return { name, ratio };
  complain(`the ratio ${argument} is not from 0 to 1`);
  return { name, ratio: 1 };
}

/** What targets are called where they do not say so themselves. */
function fallbackAttributes(env: Env, remark: (message: string) => void): ProcessAttributes {
  const text = env['OTEL_RESOURCE_ATTRIBUTES'] ?? '';
  const given = parseResourceAttributes(text);
  if (given === undefined) remark('OTEL_RESOURCE_ATTRIBUTES: expected key=value,key=value');
  const name = env['OTEL_SERVICE_NAME'] ?? '';
  return { ...Object.fromEntries(given ?? []), ...(name !== '' && { 'service.name': name }) };
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function number(
  ...[env, name, fallback, min, max, remark]: [
    Env,
    string,
    number,
    number,
    number,
    (message: string) => void,
  ]
): number {
  const text = env[name]?.trim() ?? '';
  if (text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= min) return Math.min(value, max);
  remark(`${name} ${text}: expected a number from ${min} to ${max}; ${fallback} is used`);
  return fallback;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `30s`, `1m30s`, `500ms`. */
function durationOf(text: string): number {
  let ms = 0;
  if (!/^(\d{1,9}(ms|s|m|h))+$/.test(text))
    throw usage(`--duration ${text}: expected a time`, '30s');
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|s|m|h)/g))
    ms += Number(count) * UNITS[unit!]!;
  return ms;
}
