// SPDX-License-Identifier: Apache-2.0
// Duration histograms of the semantic conventions, from every call, sampled or not.
import { SpanRecordKind } from '@otelkit/bpf-client';
import type { AttributeValue, ResourceAttributes } from '@otelkit/otlp';
import { GO_TRACE_LIMITS } from '../limits.ts';
import type { Attribute } from '../semconv/attributes.ts';
import type { Described } from '../semconv/span.ts';

export interface Metric {
  readonly name: string;
  readonly description: string;
  readonly library: string;
  /** Upper bounds in seconds, inclusive. */
  readonly bounds: readonly number[];
  /** Attributes of the span that a point has. */
  readonly keys: readonly string[];
}

/** http-metrics, rpc-metrics: advised buckets. */
const CALL_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** database-metrics: advised buckets. */
const DB_BOUNDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

const HTTP_KEYS = [
  ...['http.request.method', 'http.response.status_code', 'error.type'],
  'network.protocol.version',
];
const RPC_KEYS = ['rpc.system.name', 'rpc.method', 'rpc.response.status_code', 'error.type'];
const SERVER = ['server.address', 'server.port'];

const HTTP_SERVER: Metric = {
  name: 'http.server.request.duration',
  description: 'Duration of HTTP server requests.',
  library: 'net/http',
  bounds: CALL_BOUNDS,
  keys: [...HTTP_KEYS, 'url.scheme', 'http.route'],
};
const DB: Metric = {
  name: 'db.client.operation.duration',
  description: 'Duration of database client operations.',
  library: 'database/sql',
  bounds: DB_BOUNDS,
  keys: [
    ...['db.system.name', 'db.namespace', 'db.operation.name', 'db.collection.name', 'error.type'],
    ...SERVER,
  ],
};
const MESSAGING: Metric = {
  name: 'messaging.client.operation.duration',
  description: 'Duration of messaging operation initiated by a producer or consumer client.',
  library: 'kafka',
  bounds: CALL_BOUNDS,
  keys: [
    ...['messaging.system', 'messaging.operation.name', 'messaging.destination.name', 'error.type'],
    ...SERVER,
  ],
};

const BY_KIND: Readonly<Record<number, Metric>> = {
  [SpanRecordKind.httpServer]: HTTP_SERVER,
  [SpanRecordKind.httpClient]: {
    name: 'http.client.request.duration',
    description: 'Duration of HTTP client requests.',
    library: 'net/http',
    bounds: CALL_BOUNDS,
    keys: [...HTTP_KEYS, ...SERVER],
  },
  [SpanRecordKind.grpcServer]: {
    name: 'rpc.server.call.duration',
    description: 'Measures the duration of an incoming Remote Procedure Call (RPC).',
    library: 'google.golang.org/grpc',
    bounds: CALL_BOUNDS,
    keys: RPC_KEYS,
  },
  [SpanRecordKind.grpcClient]: {
    name: 'rpc.client.call.duration',
    description: 'Measures the duration of an outgoing Remote Procedure Call (RPC).',
    library: 'google.golang.org/grpc',
    bounds: CALL_BOUNDS,
    keys: [...RPC_KEYS, ...SERVER],
  },
  [SpanRecordKind.sql]: DB,
  [SpanRecordKind.redis]: { ...DB, library: 'github.com/redis/go-redis' },
  [SpanRecordKind.mongodb]: { ...DB, library: 'go.mongodb.org/mongo-driver' },
  [SpanRecordKind.kafkaProducer]: MESSAGING,
  [SpanRecordKind.kafkaConsumer]: MESSAGING,
};

/** One set of attributes. */
export interface Series {
  readonly attributes: readonly Attribute[];
  readonly bounds: readonly number[];
  /** One more than there are bounds. */
  readonly counts: Float64Array;
  count: number;
  sum: number;
  min: number;
  max: number;
}

const OVERFLOW: readonly Attribute[] = [['otel.metric.overflow', true]];

/** What of one process was measured. */
export class ProcessDurations {
  readonly resource: ResourceAttributes;
  readonly metrics: Map<Metric, Map<string, Series>> = new Map();

  constructor(resource: ResourceAttributes) {
    this.resource = resource;
  }
}

/** Histograms of all processes. */
export class Durations {
  readonly #processes = new Map<ResourceAttributes, ProcessDurations>();
  #series = 0;

  get processes(): readonly ProcessDurations[] {
    return [...this.#processes.values()];
  }

  /** @param kind of the record */
  record(resource: ResourceAttributes, kind: number, span: Described, durationNs: number): void {
    const series = this.seriesOf(resource, kind, span);
    if (series !== undefined) observe(series, durationNs);
  }

  /** Where a span is counted, and all that have these attributes; undefined for a kind that is not. */
  seriesOf(resource: ResourceAttributes, kind: number, span: Described): Series | undefined {
    const metric = BY_KIND[kind];
    return metric && this.#seriesOf(resource, metric, span.attributes);
  }

  /** A process that ended and whose last points were sent. */
  forget(resource: ResourceAttributes): void {
    const known = this.#processes.get(resource);
    for (const series of known?.metrics.values() ?? []) this.#series -= series.size;
    this.#processes.delete(resource);
  }

  #seriesOf(
    resource: ResourceAttributes,
    metric: Metric,
    attributes: readonly Attribute[],
  ): Series {
    let process = this.#processes.get(resource);
    if (process === undefined) {
      process = new ProcessDurations(resource);
      this.#processes.set(resource, process);
    }
    let all = process.metrics.get(metric);
    if (all === undefined) {
      all = new Map();
      process.metrics.set(metric, all);
    }
    const chosen = chooseAttributes(metric, attributes);
    let key = '';
    for (const [name, value] of chosen) key += `${name}\u0000${String(value)}\u0000`;
    const known = all.get(key);
    if (known !== undefined) return known;
    const isFull =
      all.size >= GO_TRACE_LIMITS.seriesPerMetric || this.#series >= GO_TRACE_LIMITS.series;
    if (isFull && key !== OVERFLOW_KEY) {
      return all.get(OVERFLOW_KEY) ?? this.#addSeries(all, OVERFLOW_KEY, metric, OVERFLOW);
    }
    return this.#addSeries(all, key, metric, chosen);
  }

  #addSeries(
    ...[all, key, metric, attributes]: [Map<string, Series>, string, Metric, readonly Attribute[]]
  ): Series {
    const counts = new Float64Array(metric.bounds.length + 1);
    const { bounds } = metric;
    const series = { attributes, bounds, counts, count: 0, sum: 0, min: Infinity, max: 0 };
    all.set(key, series);
    this.#series++;
    return series;
  }
}

/** Adds one duration. */
export function observe(series: Series, durationNs: number): void {
  const seconds = durationNs / 1e9;
  const { bounds, counts } = series;
  let bucket = 0;
  while (bucket < bounds.length && seconds > bounds[bucket]!) bucket++;
  counts[bucket]!++;
  series.count++;
  series.sum += seconds;
  if (seconds < series.min) series.min = seconds;
  if (seconds > series.max) series.max = seconds;
}

/** Attributes that spans of a record's kind are counted by. */
export function countedBy(kind: number): readonly string[] {
  return BY_KIND[kind]?.keys ?? [];
}

const OVERFLOW_KEY = 'otel.metric.overflow';
const UNIMPLEMENTED = 'UNIMPLEMENTED';

/** Of few values: a method that nobody serves may be any text. */
function chooseAttributes(metric: Metric, attributes: readonly Attribute[]): Attribute[] {
  const chosen: Attribute[] = [];
  let isUnknown = false;
  for (const one of attributes) {
    if (!metric.keys.includes(one[0])) continue;
    chosen.push(one);
    isUnknown ||= one[0] === 'rpc.response.status_code' && one[1] === UNIMPLEMENTED;
  }
  if (!isUnknown || metric.name !== 'rpc.server.call.duration') return chosen;
  return chosen.map(([key, value]): Attribute => [key, key === 'rpc.method' ? OTHER : value]);
}

const OTHER: AttributeValue = '_OTHER';
