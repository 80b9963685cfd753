// SPDX-License-Identifier: Apache-2.0
// ExportMetricsServiceRequest of opentelemetry-proto v1: histograms.
import { ProtoWriter, WIRE_FIXED64, writeKeyValue } from '@otelkit/otlp';
import { writeScopeName } from '../export/traceRequest.ts';
import { SCHEMA_URL } from '../semconv/describe.ts';
import type { Metric, ProcessDurations, Series } from './durations.ts';

const CUMULATIVE = 2;

export interface MetricTimes {
  readonly startNs: bigint;
  readonly timeNs: bigint;
}

/** @returns the request and its data points; undefined where nothing was measured */
export function encodeDurations(
  processes: readonly ProcessDurations[],
  times: MetricTimes,
): { bytes: Buffer; points: number } | undefined {
  const writer = new ProtoWriter(16_384);
  let points = 0;
  for (const process of processes) {
    const resourceMetrics = writer.open(1);
    const resource = writer.open(1);
    for (const [key, value] of Object.entries(process.resource)) {
      writeKeyValue(writer, 1, key, value);
    }
    writer.close(resource);
    for (const [metric, series] of process.metrics) {
      writeMetric(writer, metric, series.values(), times);
      points += series.size;
    }
    writer.stringField(3, SCHEMA_URL);
    writer.close(resourceMetrics);
  }
  return points === 0 ? undefined : { bytes: writer.finish(), points };
}

/** ScopeMetrics with one Metric: name 1, description 2, unit 3, histogram 9. */
function writeMetric(
  writer: ProtoWriter,
  metric: Metric,
  series: Iterable<Series>,
  times: MetricTimes,
): void {
  const scopeMetrics = writer.open(2);
  writeScopeName(writer, metric.library);
  const mark = writer.open(2);
  writer.stringField(1, metric.name);
  writer.stringField(2, metric.description);
  writer.stringField(3, 's');
  const histogram = writer.open(9);
  for (const one of series) writePoint(writer, metric, one, times);
  writer.uintField(2, CUMULATIVE);
  writer.close(histogram);
  writer.close(mark);
  writer.stringField(3, SCHEMA_URL);
  writer.close(scopeMetrics);
}

/**
 * HistogramDataPoint: start 2, time 3, count 4, sum 5, bucket_counts 6, explicit_bounds 7,
 * attributes 9, min 11, max 12.
 */
function writePoint(writer: ProtoWriter, metric: Metric, series: Series, times: MetricTimes): void {
  const point = writer.open(1);
  writer.fixed64Field(2, times.startNs);
  writer.fixed64Field(3, times.timeNs);
  writer.tag(4, WIRE_FIXED64);
  writer.fixed64Big(BigInt(series.count));
  writeDouble(writer, 5, series.sum);
  const counts = writer.open(6);
  for (const count of series.counts) writer.fixed64Big(BigInt(count));
  writer.close(counts);
  const bounds = writer.open(7);
  for (const bound of metric.bounds) writer.double(bound);
  writer.close(bounds);
  for (const [key, value] of series.attributes) writeKeyValue(writer, 9, key, value);
  writeDouble(writer, 11, series.min);
  writeDouble(writer, 12, series.max);
  writer.close(point);
}

function writeDouble(writer: ProtoWriter, field: number, value: number): void {
  writer.tag(field, WIRE_FIXED64);
  writer.double(value);
}
