// SPDX-License-Identifier: Apache-2.0
// ExportMetricsServiceRequest of opentelemetry-proto v1: as much of it as sums and gauges need.
import { ProtoWriter } from '@otelkit/otlp';
import type { Figure } from './figures.ts';

/** Metric fields: name 1, description 2, unit 3, gauge 5, sum 7. */
const GAUGE = 5;
const SUM = 7;
/** NumberDataPoint: start 2, time 3, as_double 4, attributes 7. */
const AS_DOUBLE = 4;
const WIRE_FIXED64 = 1;
const CUMULATIVE = 2;

export interface MetricsFacts {
  readonly scope: { readonly name: string; readonly version: string };
  readonly resource: Readonly<Record<string, string>>;
  readonly startNs: bigint;
  readonly timeNs: bigint;
}

/** One request with all figures; equal names become one metric with several points. */
export function encodeMetrics(figures: readonly Figure[], facts: MetricsFacts): Buffer {
  const writer = new ProtoWriter();
  const resourceMetrics = writer.open(1);
  const resource = writer.open(1);
  for (const [key, value] of Object.entries(facts.resource)) writeText(writer, 1, key, value);
  writer.close(resource);
  const scopeMetrics = writer.open(2);
  const scope = writer.open(1);
  writer.stringField(1, facts.scope.name);
  writer.stringField(2, facts.scope.version);
  writer.close(scope);
  for (let i = 0; i < figures.length; ) i = writeMetric(writer, figures, i, facts);
  writer.close(scopeMetrics);
  writer.close(resourceMetrics);
  return writer.finish();
}

/** @returns where the next metric begins */
function writeMetric(
  writer: ProtoWriter,
  figures: readonly Figure[],
  from: number,
  facts: MetricsFacts,
): number {
  const { name, help, unit, kind } = figures[from]!;
  const metric = writer.open(2);
  writer.stringField(1, name.replaceAll('_', '.'));
  writer.stringField(2, help);
  writer.stringField(3, unit);
  const data = writer.open(kind === 'gauge' ? GAUGE : SUM);
  let i = from;
  for (; i < figures.length && figures[i]!.name === name; i++) {
    writePoint(writer, figures[i]!, facts);
  }
  if (kind === 'counter') {
    writer.uintField(2, CUMULATIVE);
    writer.uintField(3, 1);
  }
  writer.close(data);
  writer.close(metric);
  return i;
}

function writePoint(writer: ProtoWriter, figure: Figure, facts: MetricsFacts): void {
  const point = writer.open(1);
  writer.fixed64Field(2, facts.startNs);
  writer.fixed64Field(3, facts.timeNs);
  writer.tag(AS_DOUBLE, WIRE_FIXED64);
  writer.double(figure.value);
  if (figure.label !== undefined) writeText(writer, 7, figure.label[0], figure.label[1]);
  writer.close(point);
}

function writeText(writer: ProtoWriter, field: number, key: string, value: string): void {
  const pair = writer.open(field);
  writer.stringField(1, key);
  const any = writer.open(2);
  writer.stringField(1, value);
  writer.close(any);
  writer.close(pair);
}
