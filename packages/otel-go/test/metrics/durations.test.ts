// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { SpanRecordKind } from '@otelkit/bpf-client';
import { decodeMessage, OTLP_EXPORT_METRICS_SERVICE_REQUEST } from '@otelkit/otlp';
import { GO_TRACE_LIMITS } from '../../src/limits.ts';
import { Durations } from '../../src/metrics/durations.ts';
import { encodeDurations } from '../../src/metrics/metricRequest.ts';
import type { Attribute } from '../../src/semconv/attributes.ts';
import { type Described, described } from '../../src/semconv/span.ts';

const SHOP = { 'service.name': 'shop' };
const TIMES = { startNs: 1n, timeNs: 2n };

function span(...attributes: Attribute[]): Described {
  return { ...described('net/http', 2), attributes };
}

describe('metrics/durations', () => {
  it('counts calls by the attributes that the conventions name', () => {
    const durations = new Durations();
    const get: Attribute = ['http.request.method', 'GET'];
    for (const [path, ms] of [
      ['/a', 1],
      ['/b', 5],
      ['/c', 7_000],
      ['/d', 60_000],
    ] as const) {
      durations.record(SHOP, SpanRecordKind.httpServer, span(get, ['url.path', path]), ms * 1e6);
    }
    const request = encodeDurations(durations.processes, TIMES)!;
    assert.equal(request.points, 1);
    const decoded = decodeMessage(OTLP_EXPORT_METRICS_SERVICE_REQUEST, request.bytes);
    const [metric] = decoded.resourceMetrics[0]!.scopeMetrics[0]!.metrics;
    assert.equal(metric!.name, 'http.server.request.duration');
    assert.equal(metric!.unit, 's');
    assert.equal(metric!.histogram!.aggregationTemporality, 2);
    const [point] = metric!.histogram!.dataPoints;
    assert.deepEqual(
      point!.attributes.map(({ key, value }) => [key, value?.stringValue]),
      [['http.request.method', 'GET']],
    );
    // Bounds are inclusive: 5 ms is in the first bucket.
    assert.deepEqual(
      [...point!.bucketCounts].map(Number),
      [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1],
    );
    assert.equal(point!.explicitBounds.length, 14);
    assert.deepEqual([point!.count, point!.min, point!.max], [4n, 0.001, 60]);
  });

  it('counts together what is of too many kinds', () => {
    const durations = new Durations();
    for (let i = 0; i < GO_TRACE_LIMITS.seriesPerMetric + 50; i++) {
      const one = span(['http.route', `/${i}`]);
      durations.record(SHOP, SpanRecordKind.httpServer, one, 1);
    }
    const [all] = [...durations.processes[0]!.metrics.values()];
    assert.equal(all!.size, GO_TRACE_LIMITS.seriesPerMetric + 1);
    const overflow = [...all!.values()].at(-1)!;
    assert.deepEqual([...overflow.attributes], [['otel.metric.overflow', true]]);
    assert.equal(overflow.count, 50);
  });

  it('does not let callers of a gRPC server make up methods', () => {
    const durations = new Durations();
    for (const method of ['a/b', 'c/d']) {
      const one = span(['rpc.method', method], ['rpc.response.status_code', 'UNIMPLEMENTED']);
      durations.record(SHOP, SpanRecordKind.grpcServer, one, 1);
    }
    const [all] = [...durations.processes[0]!.metrics.values()];
    assert.equal(all!.size, 1);
  });

  it('forgets a process', () => {
    const durations = new Durations();
    durations.record(SHOP, SpanRecordKind.httpServer, span(), 1);
    durations.forget(SHOP);
    assert.equal(encodeDurations(durations.processes, TIMES), undefined);
  });
});
