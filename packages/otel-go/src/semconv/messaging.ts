// SPDX-License-Identifier: Apache-2.0
// Kafka spans (semantic conventions, messaging/kafka, development).
import { type SpanRecord, SpanText } from '@otelkit/bpf-client';
import { parseHostPort } from './address.ts';
import { setText } from './attributes.ts';
import { type Described, described, failByError, type ProcessNames, SPAN_KIND } from './span.ts';

export function kafka(
  record: SpanRecord,
  names: ProcessNames,
  role: 'producer' | 'consumer',
): Described {
  const isProducer = role === 'producer';
  // Receiving is a client's work; CONSUMER spans are those of processing.
  const span = described('kafka', isProducer ? SPAN_KIND.PRODUCER : SPAN_KIND.CLIENT);
  const { attributes } = span;
  const operation = isProducer ? 'send' : 'poll';
  const topic = record.text(SpanText.destination);
  attributes.push(['messaging.system', 'kafka']);
  attributes.push(['messaging.operation.name', operation]);
  attributes.push(['messaging.operation.type', isProducer ? 'send' : 'receive']);
  setText(attributes, 'messaging.destination.name', topic);
  const server = parseHostPort(record.text(SpanText.host) || record.text(SpanText.peer));
  setText(attributes, 'server.address', server?.host);
  if (server?.port !== undefined) attributes.push(['server.port', server.port]);
  const count = Number(record.typeA);
  if (isProducer && count > 1) attributes.push(['messaging.batch.message_count', count]);
  span.name = topic === '' ? operation : `${operation} ${topic}`;
  failByError(span, record, names);
  return span;
}
