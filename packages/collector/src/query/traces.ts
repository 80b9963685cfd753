// SPDX-License-Identifier: Apache-2.0
import type { Trace, Traces } from '@otelkit/viewer/contract';
import { COLLECTOR_LIMITS } from '../limits.ts';
import type { Store } from '../store/store.ts';
import { wholeUs } from './selection.ts';

export interface TracesQuestion {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly service: string | undefined;
  readonly limit: number;
  readonly onlyErrors: boolean;
  readonly minMs: number;
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUSES = ['unset', 'ok', 'error'] as const;

/** The newest first. */
export async function tracesOf(store: Store, question: TracesQuestion): Promise<Traces> {
  const { from, to, service, limit, onlyErrors, minMs } = question;
  const where = ['true'];
  if (from !== undefined) where.push(`start_us >= ${wholeUs(from)}`);
  if (to !== undefined) where.push(`start_us < ${wholeUs(to)}`);
  const having = [`max(start_us + duration_us) - min(start_us) >= ${wholeUs(minMs)}`];
  if (onlyErrors) having.push('count(*) FILTER (status = 2) > 0');
  if (service !== undefined) having.push('list_contains(list(service), $service)');
  const sql = `SELECT trace_id,
      coalesce(any_value(name) FILTER (parent_span_id = ''), arg_min(name, start_us)) AS name,
      coalesce(any_value(service) FILTER (parent_span_id = ''), arg_min(service, start_us)) AS first,
      min(start_us)::DOUBLE AS start_us, max(start_us + duration_us)::DOUBLE AS end_us,
      count(*)::DOUBLE AS spans, (count(*) FILTER (status = 2))::DOUBLE AS errors,
      to_json(list_sort(list(DISTINCT service))) AS services
    FROM span_rows WHERE ${where.join(' AND ')} GROUP BY trace_id
    HAVING ${having.join(' AND ')} ORDER BY min(start_us) DESC LIMIT ${limit}`;
  const values = service === undefined ? {} : { service };
  const rows = await store.read(async (connection) =>
    (await connection.runAndReadAll(sql, values)).getRowObjects(),
  );
  return {
    traces: rows.map((row) => {
      const number = (name: string): number => Number(row[name]);
      return {
        traceId: String(row['trace_id']),
        name: String(row['name']),
        service: String(row['first']),
        startMs: number('start_us') / 1_000,
        durationMs: (number('end_us') - number('start_us')) / 1_000,
        spanCount: number('spans'),
        errorCount: number('errors'),
        services: (JSON.parse(String(row['services'])) as string[]).filter((name) => name !== ''),
      };
    }),
  };
}

/** @param traceId hex digits. Undefined where no span of it is there */
export async function traceOf(store: Store, traceId: string): Promise<Trace | undefined> {
  const sql = `SELECT s.*, s.start_us::DOUBLE AS start_number,
      s.duration_us::DOUBLE AS duration_number, coalesce(n.samples, 0)::DOUBLE AS samples
    FROM span_rows s LEFT JOIN (
      SELECT l.span_id, count(*) AS samples FROM link_rows l JOIN sample_rows p ON p.link = l.id
      WHERE l.trace_id = $trace GROUP BY l.span_id) n ON n.span_id = s.span_id
    WHERE s.trace_id = $trace ORDER BY s.start_us LIMIT ${COLLECTOR_LIMITS.spansPerTrace}`;
  const rows = await store.read(async (connection) =>
    (await connection.runAndReadAll(sql, { trace: traceId })).getRowObjects(),
  );
  if (rows.length === 0) return undefined;
  const spans = rows.map((row): Trace['spans'][number] => {
    const text = (name: string): string => String(row[name] ?? '');
    return {
      spanId: text('span_id'),
      parentSpanId: text('parent_span_id'),
      name: text('name'),
      kind: KINDS[Number(row['kind'])] ?? 'unspecified',
      service: text('service'),
      startMs: Number(row['start_number']) / 1_000,
      durationMs: Number(row['duration_number']) / 1_000,
      status: STATUSES[Number(row['status'])] ?? 'unset',
      statusMessage: text('status_message'),
      attributes: JSON.parse(text('attributes')),
      resource: JSON.parse(text('resource')),
      events: JSON.parse(text('events')),
      sampleCount: Number(row['samples']),
    };
  });
  return { traceId, spans: parentsFirst(spans) };
}

/** A parent may start after its child where clocks differ; a circle of parents ends somewhere. */
function parentsFirst(spans: readonly Trace['spans'][number][]): Trace['spans'] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const children = new Map<string, Trace['spans'][number][]>();
  const roots: Trace['spans'][number][] = [];
  for (const span of spans) {
    const isRoot = !known.has(span.parentSpanId) || span.parentSpanId === span.spanId;
    if (isRoot) roots.push(span);
    else children.set(span.parentSpanId, [...(children.get(span.parentSpanId) ?? []), span]);
  }
  const ordered: Trace['spans'][number][] = [];
  const done = new Set<Trace['spans'][number]>();
  const walk = (start: readonly Trace['spans'][number][]): void => {
    const waiting = [...start].reverse();
    while (waiting.length > 0) {
      const span = waiting.pop()!;
      if (done.has(span)) continue;
      done.add(span);
      ordered.push(span);
      waiting.push(...[...(children.get(span.spanId) ?? [])].reverse());
    }
  };
  walk(roots);
  walk(spans.filter((span) => !done.has(span)));
  return ordered;
}
