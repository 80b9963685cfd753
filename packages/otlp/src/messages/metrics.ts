// SPDX-License-Identifier: Apache-2.0
// Made from proto/metrics.proto by generate.mjs: change that file, not this one.

import {
  OTLP_INSTRUMENTATION_SCOPE,
  OTLP_KEY_VALUE,
  type OtlpInstrumentationScope,
  type OtlpKeyValue,
} from './attributes.ts';
import type { MessageType } from './messageType.ts';
import { OTLP_RESOURCE, type OtlpResource } from './resource.ts';

export const AGGREGATION_TEMPORALITY = { UNSPECIFIED: 0, DELTA: 1, CUMULATIVE: 2 } as const;

export interface OtlpResourceMetrics {
  resource: OtlpResource | undefined;
  scopeMetrics: OtlpScopeMetrics[];
  schemaUrl: string;
}

export const OTLP_RESOURCE_METRICS: MessageType<OtlpResourceMetrics> = {
  name: 'opentelemetry.proto.metrics.v1.ResourceMetrics',
  fields: [
    ['resource', 1, () => OTLP_RESOURCE, 'one'],
    ['scopeMetrics', 2, () => OTLP_SCOPE_METRICS, 'list'],
    ['schemaUrl', 3, 'string', 'one'],
  ],
};

export interface OtlpScopeMetrics {
  scope: OtlpInstrumentationScope | undefined;
  metrics: OtlpMetric[];
  schemaUrl: string;
}

export const OTLP_SCOPE_METRICS: MessageType<OtlpScopeMetrics> = {
  name: 'opentelemetry.proto.metrics.v1.ScopeMetrics',
  fields: [
    ['scope', 1, () => OTLP_INSTRUMENTATION_SCOPE, 'one'],
    ['metrics', 2, () => OTLP_METRIC, 'list'],
    ['schemaUrl', 3, 'string', 'one'],
  ],
};

/** One metric and its points. */
export interface OtlpMetric {
  name: string;
  description: string;
  unit: string;
  gauge: OtlpGauge | undefined;
  sum: OtlpSum | undefined;
  histogram: OtlpHistogram | undefined;
  exponentialHistogram: OtlpExponentialHistogram | undefined;
  summary: OtlpSummary | undefined;
  metadata: OtlpKeyValue[];
}

export const OTLP_METRIC: MessageType<OtlpMetric> = {
  name: 'opentelemetry.proto.metrics.v1.Metric',
  fields: [
    ['name', 1, 'string', 'one'],
    ['description', 2, 'string', 'one'],
    ['unit', 3, 'string', 'one'],
    ['gauge', 5, () => OTLP_GAUGE, 'oneof data'],
    ['sum', 7, () => OTLP_SUM, 'oneof data'],
    ['histogram', 9, () => OTLP_HISTOGRAM, 'oneof data'],
    ['exponentialHistogram', 10, () => OTLP_EXPONENTIAL_HISTOGRAM, 'oneof data'],
    ['summary', 11, () => OTLP_SUMMARY, 'oneof data'],
    ['metadata', 12, () => OTLP_KEY_VALUE, 'list'],
  ],
};

export interface OtlpGauge {
  dataPoints: OtlpNumberDataPoint[];
}

export const OTLP_GAUGE: MessageType<OtlpGauge> = {
  name: 'opentelemetry.proto.metrics.v1.Gauge',
  fields: [['dataPoints', 1, () => OTLP_NUMBER_DATA_POINT, 'list']],
};

export interface OtlpSum {
  dataPoints: OtlpNumberDataPoint[];
  aggregationTemporality: number;
  isMonotonic: boolean;
}

export const OTLP_SUM: MessageType<OtlpSum> = {
  name: 'opentelemetry.proto.metrics.v1.Sum',
  fields: [
    ['dataPoints', 1, () => OTLP_NUMBER_DATA_POINT, 'list'],
    ['aggregationTemporality', 2, 'enum', 'one'],
    ['isMonotonic', 3, 'bool', 'one'],
  ],
};

export interface OtlpHistogram {
  dataPoints: OtlpHistogramDataPoint[];
  aggregationTemporality: number;
}

export const OTLP_HISTOGRAM: MessageType<OtlpHistogram> = {
  name: 'opentelemetry.proto.metrics.v1.Histogram',
  fields: [
    ['dataPoints', 1, () => OTLP_HISTOGRAM_DATA_POINT, 'list'],
    ['aggregationTemporality', 2, 'enum', 'one'],
  ],
};

export interface OtlpExponentialHistogram {
  dataPoints: OtlpExponentialHistogramDataPoint[];
  aggregationTemporality: number;
}

export const OTLP_EXPONENTIAL_HISTOGRAM: MessageType<OtlpExponentialHistogram> = {
  name: 'opentelemetry.proto.metrics.v1.ExponentialHistogram',
  fields: [
    ['dataPoints', 1, () => OTLP_EXPONENTIAL_HISTOGRAM_DATA_POINT, 'list'],
    ['aggregationTemporality', 2, 'enum', 'one'],
  ],
};

export interface OtlpSummary {
  dataPoints: OtlpSummaryDataPoint[];
}

export const OTLP_SUMMARY: MessageType<OtlpSummary> = {
  name: 'opentelemetry.proto.metrics.v1.Summary',
  fields: [['dataPoints', 1, () => OTLP_SUMMARY_DATA_POINT, 'list']],
};

export interface OtlpNumberDataPoint {
  startTimeUnixNano: bigint;
  timeUnixNano: bigint;
  asDouble: number | undefined;
  asInt: bigint | undefined;
  exemplars: OtlpExemplar[];
  attributes: OtlpKeyValue[];
  flags: number;
}

export const OTLP_NUMBER_DATA_POINT: MessageType<OtlpNumberDataPoint> = {
  name: 'opentelemetry.proto.metrics.v1.NumberDataPoint',
  fields: [
    ['startTimeUnixNano', 2, 'fixed64', 'one'],
    ['timeUnixNano', 3, 'fixed64', 'one'],
    ['asDouble', 4, 'double', 'oneof value'],
    ['asInt', 6, 'sfixed64', 'oneof value'],
    ['exemplars', 5, () => OTLP_EXEMPLAR, 'list'],
    ['attributes', 7, () => OTLP_KEY_VALUE, 'list'],
    ['flags', 8, 'uint32', 'one'],
  ],
};

export interface OtlpHistogramDataPoint {
  startTimeUnixNano: bigint;
  timeUnixNano: bigint;
  count: bigint;
  sum: number | undefined;
  bucketCounts: BigUint64Array;
  explicitBounds: Float64Array;
  exemplars: OtlpExemplar[];
  attributes: OtlpKeyValue[];
  flags: number;
  min: number | undefined;
  max: number | undefined;
}

export const OTLP_HISTOGRAM_DATA_POINT: MessageType<OtlpHistogramDataPoint> = {
  name: 'opentelemetry.proto.metrics.v1.HistogramDataPoint',
  fields: [
    ['startTimeUnixNano', 2, 'fixed64', 'one'],
    ['timeUnixNano', 3, 'fixed64', 'one'],
    ['count', 4, 'fixed64', 'one'],
    ['sum', 5, 'double', 'optional'],
    ['bucketCounts', 6, 'fixed64', 'list'],
    ['explicitBounds', 7, 'double', 'list'],
    ['exemplars', 8, () => OTLP_EXEMPLAR, 'list'],
    ['attributes', 9, () => OTLP_KEY_VALUE, 'list'],
    ['flags', 10, 'uint32', 'one'],
    ['min', 11, 'double', 'optional'],
    ['max', 12, 'double', 'optional'],
  ],
};

export interface OtlpExponentialHistogramDataPoint {
  attributes: OtlpKeyValue[];
  startTimeUnixNano: bigint;
  timeUnixNano: bigint;
  count: bigint;
  sum: number | undefined;
  scale: number;
  zeroCount: bigint;
  positive: OtlpExponentialHistogramDataPointBuckets | undefined;
  negative: OtlpExponentialHistogramDataPointBuckets | undefined;
  flags: number;
  exemplars: OtlpExemplar[];
  min: number | undefined;
  max: number | undefined;
  zeroThreshold: number;
}

export const OTLP_EXPONENTIAL_HISTOGRAM_DATA_POINT: MessageType<OtlpExponentialHistogramDataPoint> =
  {
    name: 'opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint',
    fields: [
      ['attributes', 1, () => OTLP_KEY_VALUE, 'list'],
      ['startTimeUnixNano', 2, 'fixed64', 'one'],
      ['timeUnixNano', 3, 'fixed64', 'one'],
      ['count', 4, 'fixed64', 'one'],
      ['sum', 5, 'double', 'optional'],
      ['scale', 6, 'sint32', 'one'],
      ['zeroCount', 7, 'fixed64', 'one'],
      ['positive', 8, () => OTLP_EXPONENTIAL_HISTOGRAM_DATA_POINT_BUCKETS, 'one'],
      ['negative', 9, () => OTLP_EXPONENTIAL_HISTOGRAM_DATA_POINT_BUCKETS, 'one'],
      ['flags', 10, 'uint32', 'one'],
      ['exemplars', 11, () => OTLP_EXEMPLAR, 'list'],
      ['min', 12, 'double', 'optional'],
      ['max', 13, 'double', 'optional'],
      ['zeroThreshold', 14, 'double', 'one'],
    ],
  };

export interface OtlpExponentialHistogramDataPointBuckets {
  offset: number;
  bucketCounts: BigUint64Array;
}

export const OTLP_EXPONENTIAL_HISTOGRAM_DATA_POINT_BUCKETS: MessageType<OtlpExponentialHistogramDataPointBuckets> =
  {
    name: 'opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint.Buckets',
    fields: [
      ['offset', 1, 'sint32', 'one'],
      ['bucketCounts', 2, 'uint64', 'list'],
    ],
  };

export interface OtlpSummaryDataPoint {
  startTimeUnixNano: bigint;
  timeUnixNano: bigint;
  count: bigint;
  sum: number;
  quantileValues: OtlpSummaryDataPointValueAtQuantile[];
  attributes: OtlpKeyValue[];
  flags: number;
}

export const OTLP_SUMMARY_DATA_POINT: MessageType<OtlpSummaryDataPoint> = {
  name: 'opentelemetry.proto.metrics.v1.SummaryDataPoint',
  fields: [
    ['startTimeUnixNano', 2, 'fixed64', 'one'],
    ['timeUnixNano', 3, 'fixed64', 'one'],
    ['count', 4, 'fixed64', 'one'],
    ['sum', 5, 'double', 'one'],
    ['quantileValues', 6, () => OTLP_SUMMARY_DATA_POINT_VALUE_AT_QUANTILE, 'list'],
    ['attributes', 7, () => OTLP_KEY_VALUE, 'list'],
    ['flags', 8, 'uint32', 'one'],
  ],
};

export interface OtlpSummaryDataPointValueAtQuantile {
  quantile: number;
  value: number;
}

export const OTLP_SUMMARY_DATA_POINT_VALUE_AT_QUANTILE: MessageType<OtlpSummaryDataPointValueAtQuantile> =
  {
    name: 'opentelemetry.proto.metrics.v1.SummaryDataPoint.ValueAtQuantile',
    fields: [
      ['quantile', 1, 'double', 'one'],
      ['value', 2, 'double', 'one'],
    ],
  };

/** A single measurement that stands for others. */
export interface OtlpExemplar {
  timeUnixNano: bigint;
  asDouble: number | undefined;
  asInt: bigint | undefined;
  spanId: Uint8Array;
  traceId: Uint8Array;
  filteredAttributes: OtlpKeyValue[];
}

export const OTLP_EXEMPLAR: MessageType<OtlpExemplar> = {
  name: 'opentelemetry.proto.metrics.v1.Exemplar',
  fields: [
    ['timeUnixNano', 2, 'fixed64', 'one'],
    ['asDouble', 3, 'double', 'oneof value'],
    ['asInt', 6, 'sfixed64', 'oneof value'],
    ['spanId', 4, 'bytes', 'one'],
    ['traceId', 5, 'bytes', 'one'],
    ['filteredAttributes', 7, () => OTLP_KEY_VALUE, 'list'],
  ],
};
