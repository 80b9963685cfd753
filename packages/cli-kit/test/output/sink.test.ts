// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { Sink, type SinkOptions } from '../../src/output/sink.ts';

interface Recorded {
  readonly sink: Sink;
  readonly writes: string[];
  readonly events: string[];
}

type Write = NonNullable<SinkOptions['writeSync']>;

function record(behave?: (call: number, length: number) => number, unbuffered = false): Recorded {
  const writes: string[] = [];
  const events: string[] = [];
  let call = 0;
  const writeSync: Write = (_fd, bytes, offset, length) => {
    const taken = behave === undefined ? length : behave(call++, length);
    writes.push(Buffer.from(bytes.subarray(offset, offset + taken)).toString());
    return taken;
  };
  const sink = new Sink({
    fd: 1,
    unbuffered,
    writeSync,
    onClosed: () => events.push('closed'),
    onFailed: (error) => events.push(error.message),
  });
  return { sink, writes, events };
}

function fail(code: string): never {
  throw Object.assign(new Error(code), { code });
}

describe('a sink', () => {
  it('gathers many small pieces into few writes', async () => {
    const { sink, writes } = record();
    for (let i = 0; i < 20_000; i++) await sink.write(`line ${i}\n`);
    await sink.flush();
    assert.equal(writes.join('').split('\n').length, 20_001);
    assert.ok(writes.length < 20, `${writes.length} writes`);
  });

  it('writes at once where a person reads', () => {
    const { sink, writes } = record(undefined, true);
    sink.write('a');
    sink.write('b');
    assert.deepEqual(writes, ['a', 'b']);
  });

  it('goes on after partial writes and interruptions', async () => {
    const { sink, writes } = record((call, length) =>
      call % 2 === 0 ? fail('EINTR') : Math.min(3, length),
    );
    sink.write('0123456789');
    await sink.flush();
    assert.equal(writes.join(''), '0123456789');
  });

  it('waits for a full non-blocking pipe, in order, and says so by a promise', async () => {
    const { sink, writes } = record(
      (call, length) => (call % 3 < 2 ? fail('EAGAIN') : Math.min(4, length)),
      true,
    );
    const first = sink.write('first ');
    assert.ok(first instanceof Promise);
    const second = sink.write('second');
    await second;
    assert.equal(writes.join(''), 'first second');
    assert.equal(sink.flush(), undefined);
  });

  it('falls silent when the reader has gone', async () => {
    const { sink, writes, events } = record(() => fail('EPIPE'), true);
    await sink.write('a');
    await sink.write('b');
    assert.deepEqual(events, ['closed']);
    assert.deepEqual(writes, []);
  });

  it('tells of a full disk once', async () => {
    const { sink, events } = record(() => fail('ENOSPC'), true);
    await sink.write('a');
    await sink.write('b');
    assert.deepEqual(events, ['ENOSPC']);
  });
});
