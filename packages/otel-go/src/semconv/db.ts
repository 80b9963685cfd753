// SPDX-License-Identifier: Apache-2.0
// Database spans (semantic conventions, database/database-spans, stable).
import { type SpanRecord, SpanText } from '@otelkit/bpf-client';
import { GO_TRACE_LIMITS } from '../limits.ts';
import { parseHostPort } from './address.ts';
import { setText } from './attributes.ts';
import { type DataSource, parseDataSource } from './dsn.ts';
import { type Described, described, failByError, type ProcessNames, SPAN_KIND } from './span.ts';
import { readStatement, redact, type SqlFacts } from './sql.ts';
import type { SqlDialect } from './sqlTokens.ts';

export interface StatementSettings {
  readonly text: 'off' | 'redacted' | 'full';
  /** Operation and table are read from statements. */
  readonly parse: boolean;
}

/** In the record's detail: not database/sql. */
const PGX = 4;

/** Those whose `"…"` is a name, as the standard says. */
const ANSI: ReadonlySet<string> = new Set([
  ...['postgresql', 'sqlite', 'oracle.db', 'microsoft.sql_server', 'clickhouse', 'trino'],
]);

export function sqlQuery(
  record: SpanRecord,
  names: ProcessNames,
  settings: StatementSettings,
): Described {
  const isPgx = (record.detail & PGX) !== 0;
  const span = described(isPgx ? 'github.com/jackc/pgx' : 'database/sql', SPAN_KIND.CLIENT);
  const { attributes } = span;
  const system = isPgx
    ? 'postgresql'
    : (names.databaseSystem(record.typeA, record.typeB) ?? 'other_sql');
  attributes.push(['db.system.name', system]);
  const source = isPgx ? pgxSource(record) : parseDataSource(record.text(SpanText.dsn), system);
  setText(attributes, 'db.namespace', record.text(SpanText.destination) || source.database);
  const text = record.text(SpanText.sql);
  const dialect = { quotesStrings: !ANSI.has(system) };
  if (settings.parse && text !== '') {
    const { operation, collection } = knownStatement(text, dialect, record.isCut(SpanText.sql));
    setText(attributes, 'db.operation.name', operation);
    setText(attributes, 'db.collection.name', collection);
    span.name = collection === '' ? operation : `${operation} ${collection}`;
    setText(attributes, 'db.query.summary', span.name);
  }
  if (settings.text !== 'off') {
    setText(attributes, 'db.query.text', settings.text === 'full' ? text : redact(text, dialect));
  }
  const peer = parseHostPort(record.text(SpanText.peer));
  const host = source.host ?? peer?.host;
  const port = source.host === undefined ? peer?.port : source.port;
  setText(attributes, 'server.address', host);
  if (port !== undefined) attributes.push(['server.port', port]);
  span.name ||= host === undefined ? system : `${host}${port === undefined ? '' : `:${port}`}`;
  failByError(span, record, names);
  return span;
}

/** pgx tells where it is connected; the port is where others have a type. */
function pgxSource(record: SpanRecord): DataSource {
  const host = record.text(SpanText.host) || undefined;
  const port = Number(record.typeA);
  const hasPort = host !== undefined && !host.startsWith('/') && port > 0 && port <= 65_535;
  return { host, port: hasPort ? port : undefined, database: undefined };
}

/** Programs say the same again and again. */
const statements = new Map<string, SqlFacts>();

function knownStatement(text: string, dialect: SqlDialect, isCut: boolean): SqlFacts {
  const key = `${dialect.quotesStrings ? 1 : 0}${isCut ? 1 : 0}${text}`;
  let facts = statements.get(key);
  if (facts === undefined) {
    if (statements.size >= GO_TRACE_LIMITS.knownStatements) statements.clear();
    facts = readStatement(text, dialect, isCut);
    statements.set(key, facts);
  }
  return facts;
}

/** Redis and MongoDB: the command is the operation, its arguments are never taken. */
export function command(
  record: SpanRecord,
  names: ProcessNames,
  system: 'redis' | 'mongodb',
): Described {
  const library = system === 'redis' ? 'github.com/redis/go-redis' : 'go.mongodb.org/mongo-driver';
  const span = described(library, SPAN_KIND.CLIENT);
  const { attributes } = span;
  const operation = record.text(SpanText.command);
  const isBatch = system === 'redis' && record.detail !== 0;
  const name = system === 'redis' ? redisOperation(record, operation.toUpperCase()) : operation;
  attributes.push(['db.system.name', system]);
  setText(attributes, 'db.operation.name', name);
  const size = Number(record.typeA);
  // A batch of one is none (semantic conventions, database-spans).
  if (isBatch && size > 1) attributes.push(['db.operation.batch.size', size]);
  const database = record.text(SpanText.destination);
  setText(attributes, 'db.namespace', database);
  const server = parseHostPort(record.text(SpanText.host) || record.text(SpanText.peer));
  setText(attributes, 'server.address', server?.host);
  if (server?.port !== undefined) attributes.push(['server.port', server.port]);
  const target = system === 'mongodb' && database !== '' ? ` ${database}` : '';
  span.name = name === '' ? system : `${name}${target}`;
  failByError(span, record, names);
  return span;
}

const PIPELINE = 1;
const MULTI = 2;

/** `PIPELINE SET` for a pipeline of one command's calls, `MULTI` for a transaction of several. */
function redisOperation(record: SpanRecord, name: string): string {
  const isPipeline = record.detail === PIPELINE && record.typeA > 1n;
  const batch = isPipeline ? 'PIPELINE' : record.detail === MULTI ? 'MULTI' : '';
  return [batch, name].filter((part) => part !== '').join(' ');
}
