// SPDX-License-Identifier: Apache-2.0
import type { EnvSpec } from './command.ts';

const OPTIONS = [
  'ENDPOINT',
  'PROTOCOL',
  'INSECURE',
  'HEADERS',
  'COMPRESSION',
  'TIMEOUT',
  'CERTIFICATE',
  'CLIENT_CERTIFICATE',
  'CLIENT_KEY',
];

/**
 * The variables of an OTLP exporter: those for all signals, then those for each of `signals`.
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/ Configuration Options
 */
export function exporterVariables(signals: readonly string[]): EnvSpec[] {
  return ['', ...signals.map((signal) => `${signal}_`)].flatMap((signal) =>
    OPTIONS.map((option) => ({
      name: `OTEL_EXPORTER_OTLP_${signal}${option}`,
      summary: 'as OpenTelemetry specifies it',
    })),
  );
}
