// SPDX-License-Identifier: Apache-2.0
// Made from proto/metrics_service.proto by generate.mjs: change that file, not this one.
import type { MessageType } from './messageType.ts';
import { OTLP_RESOURCE_METRICS, type OtlpResourceMetrics } from './metrics.ts';

export interface OtlpExportMetricsServiceRequest {
  resourceMetrics: OtlpResourceMetrics[];
}

export const OTLP_EXPORT_METRICS_SERVICE_REQUEST: MessageType<OtlpExportMetricsServiceRequest> = {
  name: 'opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest',
  fields: [['resourceMetrics', 1, () => OTLP_RESOURCE_METRICS, 'list']],
};

export interface OtlpExportMetricsServiceResponse {
  partialSuccess: OtlpExportMetricsPartialSuccess | undefined;
}

export const OTLP_EXPORT_METRICS_SERVICE_RESPONSE: MessageType<OtlpExportMetricsServiceResponse> = {
  name: 'opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse',
  fields: [['partialSuccess', 1, () => OTLP_EXPORT_METRICS_PARTIAL_SUCCESS, 'one']],
};

export interface OtlpExportMetricsPartialSuccess {
  rejectedDataPoints: bigint;
  errorMessage: string;
}

export const OTLP_EXPORT_METRICS_PARTIAL_SUCCESS: MessageType<OtlpExportMetricsPartialSuccess> = {
  name: 'opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess',
  fields: [
    ['rejectedDataPoints', 1, 'int64', 'one'],
    ['errorMessage', 2, 'string', 'one'],
  ],
};
