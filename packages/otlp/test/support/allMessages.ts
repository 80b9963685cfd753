// SPDX-License-Identifier: Apache-2.0
import type { AnyMessageType } from '../../src/messages/messageType.ts';
import {
  OTLP_EXPORT_METRICS_SERVICE_REQUEST,
  OTLP_EXPORT_METRICS_SERVICE_RESPONSE,
} from '../../src/messages/metricsService.ts';
import {
  OTLP_EXPORT_PROFILES_SERVICE_REQUEST,
  OTLP_EXPORT_PROFILES_SERVICE_RESPONSE,
} from '../../src/messages/profilesService.ts';
import {
  OTLP_EXPORT_TRACE_SERVICE_REQUEST,
  OTLP_EXPORT_TRACE_SERVICE_RESPONSE,
} from '../../src/messages/traceService.ts';

export const REQUESTS: Readonly<Record<'profiles' | 'traces' | 'metrics', AnyMessageType>> = {
  profiles: OTLP_EXPORT_PROFILES_SERVICE_REQUEST,
  traces: OTLP_EXPORT_TRACE_SERVICE_REQUEST,
  metrics: OTLP_EXPORT_METRICS_SERVICE_REQUEST,
};

const RESPONSES: readonly AnyMessageType[] = [
  OTLP_EXPORT_PROFILES_SERVICE_RESPONSE,
  OTLP_EXPORT_TRACE_SERVICE_RESPONSE,
  OTLP_EXPORT_METRICS_SERVICE_RESPONSE,
];

/** Every message that requests and responses lead to, by its full name. */
export function allMessages(): Map<string, AnyMessageType> {
  const found = new Map<string, AnyMessageType>();
  const visit = (type: AnyMessageType): void => {
    if (found.has(type.name)) return;
    found.set(type.name, type);
    for (const [, , kind] of type.fields) if (typeof kind !== 'string') visit(kind());
  };
  for (const type of [...Object.values(REQUESTS), ...RESPONSES]) visit(type);
  return found;
}
