// SPDX-License-Identifier: Apache-2.0
// Kafka spans (semantic conventions, messaging/kafka, development).
import { type SpanRecord, SpanText } from '@otelkit/bpf-client';
import { parseHostPort } from './address.ts';
import { setText } from './attributes.ts';
import { type Described, described, failByError, type ProcessNames, SPAN_KIND } from './span.ts';

/** In the record's detail: one message that is worked on; else what was taken from a partition. */
const PROCESS = 1;

export function kafka(
  record: SpanRecord,
  names: ProcessNames,
  role: 'producer' | 'consumer',
): Described {
  const isProcessing = role === 'consumer' && record.detail === PROCESS;
  const [kind, name, type] =
    role === 'producer'
      ? [SPAN_KIND.PRODUCER, 'send', 'send']
      : isProcessing
        ? [SPAN_KIND.CONSUMER, 'process', 'process']
        : // Receiving is a client's work; CONSUMER spans are those of processing.
          [SPAN_KIND.CLIENT, 'poll', 'receive'];
  const span = described('kafka', kind);
  const { attributes } = span;
  const topic = record.text(SpanText.destination);
  attributes.push(['messaging.system', 'kafka']);
  attributes.push(['messaging.operation.name', name]);
  attributes.push(['messaging.operation.type', type]);
  setText(attributes, 'messaging.destination.name', topic);
  const server = parseHostPort(record.text(SpanText.host) || record.text(SpanText.peer));
  setText(attributes, 'server.address', server?.host);
  if (server?.port !== undefined) attributes.push(['server.port', server.port]);
  const count = Number(record.typeA);
  if (isProcessing) {
    attributes.push(['messaging.destination.partition.id', String(record.typeA)]);
    attributes.push(['messaging.kafka.offset', Number(record.typeB)]);
  } else if (count > 1 || role === 'consumer') {
    attributes.push(['messaging.batch.message_count', count]);
  }
  span.name = topic === '' ? name : `${name} ${topic}`;
  failByError(span, record, names);
  return span;
}
