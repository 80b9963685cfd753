// SPDX-License-Identifier: Apache-2.0
import { type EnvSpec, exporterVariables } from '@otelkit/cli-kit';

const SPECIFIED = 'as OpenTelemetry specifies it';

/** Every variable that `attach` reads. */
export const attachEnvironment: readonly EnvSpec[] = [
  { name: 'OTEL_GO_AUTO_TARGET_PID', summary: 'the same as --pid; several by commas' },
  { name: 'OTEL_GO_AUTO_TARGET_EXE', summary: 'the same as --exe; several by commas' },
  {
    name: 'OTEL_GO_AUTO_INCLUDE_DB_STATEMENT',
    summary: 'true: db.query.text as the program wrote it; redacted: with its literals replaced',
  },
  {
    name: 'OTEL_GO_AUTO_PARSE_DB_STATEMENT',
    summary: 'false: operation and table are not read from statements',
  },
  {
    name: 'OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_REQUEST_HEADERS',
    summary: 'headers of requests that are served, by commas: http.request.header.<name>',
  },
  {
    name: 'OTEL_INSTRUMENTATION_HTTP_CLIENT_CAPTURE_REQUEST_HEADERS',
    summary: 'the same of requests that are sent',
  },
  { name: 'OTEL_SERVICE_NAME', summary: 'service.name of every target' },
  { name: 'OTEL_RESOURCE_ATTRIBUTES', summary: 'further attributes of every resource' },
  { name: 'OTEL_TRACES_EXPORTER', summary: 'otlp, console or none' },
  { name: 'OTEL_METRICS_EXPORTER', summary: 'otlp, console or none' },
  { name: 'OTEL_TRACES_SAMPLER', summary: SPECIFIED },
  { name: 'OTEL_TRACES_SAMPLER_ARG', summary: SPECIFIED },
  { name: 'OTEL_PROPAGATORS', summary: 'tracecontext, baggage or none' },
  { name: 'OTEL_BSP_SCHEDULE_DELAY', summary: 'milliseconds until spans are sent' },
  { name: 'OTEL_BSP_MAX_QUEUE_SIZE', summary: SPECIFIED },
  { name: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', summary: SPECIFIED },
  { name: 'OTEL_METRIC_EXPORT_INTERVAL', summary: 'milliseconds between two exports of metrics' },
  { name: 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', summary: SPECIFIED },
  { name: 'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', summary: SPECIFIED },
  { name: 'OTEL_SDK_DISABLED', summary: 'true: nothing is attached' },
  { name: 'K8S_NODE_NAME', summary: 'k8s.node.name of the resources, by the downward API' },
  { name: 'DISPLAY', summary: 'whether there is a desktop that can show the page' },
  ...exporterVariables(['TRACES', 'METRICS']),
];
