// SPDX-License-Identifier: Apache-2.0
// A record in the words of the semantic conventions, by its library.
import { type SpanRecord, SpanRecordKind, SpanText } from '@otelkit/bpf-client';
import { GO_TRACE_LIMITS } from '../limits.ts';
import type { Attribute } from './attributes.ts';
import { command, type StatementSettings, sqlQuery } from './db.ts';
import { httpClient, httpServer } from './http.ts';
import { manual } from './manual.ts';
import { kafka } from './messaging.ts';
import { grpcClient, grpcServer } from './rpc.ts';
import type { Described, ProcessNames } from './span.ts';

/** The conventions that names and attributes follow. */
export const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.40.0';

export interface DescribeSettings {
  readonly statements: StatementSettings;
  /** Names of headers by their texts' numbers: of http.request.header.<name>. */
  readonly headers: readonly string[];
  /** OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT. */
  readonly attributeChars: number;
}

/** Texts whose cut must be visible, and the attribute that each is in. */
const CUT_TEXTS: readonly (readonly [id: number, key: string])[] = [
  [SpanText.path, 'url.path'],
  [SpanText.query, 'url.query'],
  [SpanText.host, 'server.address'],
  [SpanText.route, 'http.route'],
  [SpanText.userAgent, 'user_agent.original'],
  [SpanText.grpcMethod, 'rpc.method'],
  [SpanText.grpcTarget, 'server.address'],
  [SpanText.statusMessage, 'status.message'],
  [SpanText.destination, 'destination'],
];

/** Undefined for a kind that this version does not know. */
export function describe(
  record: SpanRecord,
  names: ProcessNames,
  settings: DescribeSettings,
): Described | undefined {
  const span = byKind(record, names, settings);
  if (span === undefined) return undefined;
  for (let i = 0; i < settings.headers.length; i++) {
    const text = SpanText.headers + i;
    if (!record.hasText(text)) continue;
    const values = record.texts(text).map((value) => value.slice(0, settings.attributeChars));
    span.attributes.push([`http.request.header.${settings.headers[i]}`, values]);
  }
  tellCuts(span.attributes, record, settings);
  for (let i = 0; i < span.attributes.length; i++) {
    const [key, value] = span.attributes[i]!;
    if (typeof value !== 'string' || value.length <= settings.attributeChars) continue;
    span.attributes[i] = [key, value.slice(0, settings.attributeChars)];
  }
  return span;
}

function byKind(
  record: SpanRecord,
  names: ProcessNames,
  { statements }: DescribeSettings,
): Described | undefined {
  switch (record.kind) {
    case SpanRecordKind.httpServer:
      return httpServer(record, names);
    case SpanRecordKind.httpClient:
      return httpClient(record, names);
    case SpanRecordKind.grpcServer:
      return grpcServer(record, names);
    case SpanRecordKind.grpcClient:
      return grpcClient(record, names);
    case SpanRecordKind.sql:
      return sqlQuery(record, names, statements);
    case SpanRecordKind.kafkaProducer:
      return kafka(record, names, 'producer');
    case SpanRecordKind.kafkaConsumer:
      return kafka(record, names, 'consumer');
    case SpanRecordKind.redis:
      return command(record, names, 'redis');
    case SpanRecordKind.mongodb:
      return command(record, names, 'mongodb');
    case SpanRecordKind.manual:
      return manual(record, names);
    default:
      return undefined;
  }
}

/** `url.path: 1024 of 5000 bytes` for each text that was longer than what is kept of it. */
function tellCuts(
  attributes: Attribute[],
  record: SpanRecord,
  { statements, headers }: DescribeSettings,
): void {
  let cuts: string[] | undefined;
  const tell = (id: number, key: string): void => {
    if (!record.isCut(id)) return;
    cuts ??= [];
    cuts.push(`${key}: ${Buffer.byteLength(record.text(id))} of ${record.fullBytes(id)} bytes`);
  };
  for (const [id, key] of CUT_TEXTS) tell(id, key);
  for (let i = 0; i < headers.length; i++) {
    tell(SpanText.headers + i, `http.request.header.${headers[i]}`);
  }
  if (statements.text !== 'off') tell(SpanText.sql, 'db.query.text');
  if (cuts !== undefined) attributes.push(['otelkit.truncated', cuts]);
}

export const DEFAULT_DESCRIBE: DescribeSettings = {
  statements: { text: 'off', parse: true },
  headers: [],
  attributeChars: GO_TRACE_LIMITS.attributeChars,
};
