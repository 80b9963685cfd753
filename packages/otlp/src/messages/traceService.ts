// SPDX-License-Identifier: Apache-2.0
// Made from proto/trace_service.proto by generate.mjs: change that file, not this one.
import type { MessageType } from './messageType.ts';
import { OTLP_RESOURCE_SPANS, type OtlpResourceSpans } from './trace.ts';

export interface OtlpExportTraceServiceRequest {
  resourceSpans: OtlpResourceSpans[];
}

export const OTLP_EXPORT_TRACE_SERVICE_REQUEST: MessageType<OtlpExportTraceServiceRequest> = {
  name: 'opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest',
  fields: [['resourceSpans', 1, () => OTLP_RESOURCE_SPANS, 'list']],
};

export interface OtlpExportTraceServiceResponse {
  partialSuccess: OtlpExportTracePartialSuccess | undefined;
}

export const OTLP_EXPORT_TRACE_SERVICE_RESPONSE: MessageType<OtlpExportTraceServiceResponse> = {
  name: 'opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse',
  fields: [['partialSuccess', 1, () => OTLP_EXPORT_TRACE_PARTIAL_SUCCESS, 'one']],
};

export interface OtlpExportTracePartialSuccess {
  rejectedSpans: bigint;
  errorMessage: string;
}

export const OTLP_EXPORT_TRACE_PARTIAL_SUCCESS: MessageType<OtlpExportTracePartialSuccess> = {
  name: 'opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess',
  fields: [
    ['rejectedSpans', 1, 'int64', 'one'],
    ['errorMessage', 2, 'string', 'one'],
  ],
};
