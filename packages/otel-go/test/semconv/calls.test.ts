// SPDX-License-Identifier: Apache-2.0
// Queues and stores whose records are of a few texts.
import assert from 'node:assert/strict';
import { SpanRecordFlag, SpanRecordKind, SpanText } from '@otelkit/bpf-client';
import { describeFacts } from './recordOf.ts';

const PRODUCER = 4;
const CONSUMER = 5;
const CLIENT = 3;
const texts = { [SpanText.destination]: 'orders' };

describe('semconv/calls', () => {
  it('tells a message that is sent, and a batch', () => {
    const kind = SpanRecordKind.kafkaProducer;
    const one = describeFacts({ kind, texts, typeA: 1n });
    assert.deepEqual([one.name, one.kind], ['send orders', PRODUCER]);
    assert.equal('messaging.batch.message_count' in one.attributes, false);
    const batch = describeFacts({ kind, texts, typeA: 3n });
    assert.equal(batch.attributes['messaging.batch.message_count'], 3);
    assert.equal(batch.attributes['messaging.operation.type'], 'send');
  });

  it('tells the work on a message, and the taking of some', () => {
    const kind = SpanRecordKind.kafkaConsumer;
    const work = describeFacts({ kind, detail: 1, texts, typeA: 2n, typeB: 41n });
    assert.deepEqual([work.name, work.kind], ['process orders', CONSUMER]);
    assert.equal(work.attributes['messaging.destination.partition.id'], '2');
    assert.equal(work.attributes['messaging.kafka.offset'], 41);
    const taken = describeFacts({ kind, detail: 2, texts, typeA: 5n });
    assert.deepEqual([taken.name, taken.kind], ['poll orders', CLIENT]);
    assert.equal(taken.attributes['messaging.batch.message_count'], 5);
    assert.equal(taken.attributes['messaging.operation.type'], 'receive');
  });

  it('names pipelines and transactions of redis after what they do', () => {
    const kind = SpanRecordKind.redis;
    const name = (detail: number, size: bigint, command: string): string =>
      describeFacts({ kind, detail, typeA: size, texts: { [SpanText.command]: command } }).name;
    assert.equal(name(0, 0n, 'get'), 'GET');
    assert.equal(name(1, 2n, 'set'), 'PIPELINE SET');
    assert.equal(name(1, 2n, ''), 'PIPELINE');
    assert.equal(name(1, 1n, 'set'), 'SET');
    assert.equal(name(2, 3n, ''), 'MULTI');
    const batch = describeFacts({ kind, detail: 1, typeA: 2n });
    assert.equal(batch.attributes['db.operation.batch.size'], 2);
  });

  it('takes the database of MongoDB for its namespace', () => {
    const span = describeFacts({
      kind: SpanRecordKind.mongodb,
      flags: SpanRecordFlag.sampled | SpanRecordFlag.error,
      texts: { [SpanText.command]: 'find', [SpanText.destination]: 'shop' },
    });
    assert.equal(span.name, 'find shop');
    assert.equal(span.attributes['db.namespace'], 'shop');
    assert.equal('db.collection.name' in span.attributes, false);
    assert.equal(span.statusCode, 2);
  });
});
