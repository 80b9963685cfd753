// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { decodeMessage } from '../../src/messages/decodeMessage.ts';
import { encodeMessage } from '../../src/messages/encodeMessage.ts';
import type { Encodable } from '../../src/messages/messageType.ts';
import { OTLP_SAMPLE } from '../../src/messages/profiles.ts';
import { OTLP_EXPORT_PROFILES_SERVICE_REQUEST } from '../../src/messages/profilesService.ts';
import { OTLP_SPAN } from '../../src/messages/trace.ts';
import { ProtoError } from '../../src/wire/protoReader.ts';
import { ProtoWriter } from '../../src/wire/protoWriter.ts';
import { allMessages, REQUESTS } from '../support/allMessages.ts';
import { anyMessage } from '../support/anyMessage.ts';
import { requestOf } from '../support/exporting.ts';
import { officialTypes } from '../support/officialTypes.ts';

const GENERATE = fileURLToPath(new URL('../../generate.mjs', import.meta.url));
const SAMPLES = 150;

const camelCase = (name: string): string =>
  name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

describe('messages', () => {
  it('are tables of our own .proto files, which generate.mjs made', () => {
    const protos = JSON.parse(execFileSync(process.execPath, [GENERATE, '--print']).toString());
    const tables = allMessages();
    for (const [full, fields] of Object.entries<Record<string, [number, string, string]>>(protos)) {
      const wanted = Object.entries(fields).map(([name, row]) => [camelCase(name), ...row]);
      const table = tables.get(full)?.fields.map(([name, number, kind, shape]) => {
        return [name, number, typeof kind === 'string' ? kind : kind().name, shape];
      });
      // EntityRef is reached from Resource, so every message is there.
      assert.deepEqual(table, wanted, full);
    }
    assert.equal(tables.size, Object.keys(protos).length);
  });

  it('have the fields of the official Go types, all of them and no others', function () {
    const program = officialTypes();
    if (program === undefined) this.skip();
    const official = JSON.parse(execFileSync(program, ['describe']).toString());
    const tables = allMessages();
    assert.deepEqual([...tables.keys()].sort(), Object.keys(official).sort());
    for (const [full, type] of tables) {
      const ours = type.fields.map(([name, number, kind, shape]) => {
        const isMessage = typeof kind !== 'string';
        const oneof = shape === 'optional' ? '_' : shape.replace(/^oneof |^(one|list)$/g, '');
        return [
          name,
          number,
          isMessage ? 'message' : kind,
          shape === 'list',
          isMessage ? kind().name : '',
          oneof,
        ];
      });
      const theirs = Object.entries<[number, string, boolean, string, string]>(official[full]).map(
        ([name, row]) => [camelCase(name), ...row.slice(0, 4), row[4].replace(/^_.*/, '_')],
      );
      const byNumber = (a: unknown[], b: unknown[]): number => (a[1] as number) - (b[1] as number);
      assert.deepEqual(ours.sort(byNumber), theirs.sort(byNumber), full);
    }
  });

  for (const signal of ['profiles', 'traces', 'metrics'] as const) {
    it(`of ${signal} survive the official types and back, whatever they hold`, function () {
      const program = officialTypes();
      if (program === undefined) this.skip();
      const type = REQUESTS[signal];
      const given = fc.sample(anyMessage(type, 6), SAMPLES) as Encodable<unknown>[];
      const encoded = given.map((message) => encodeMessage(type, message));
      const again = unframe(execFileSync(program, ['recode', signal], { input: frame(encoded) }));
      assert.equal(again.length, encoded.length);
      for (const [i, bytes] of encoded.entries())
        assert.deepEqual(decodeMessage(type, again[i]!), decodeMessage(type, bytes));
    });
  }

  it('have defaults for what was not set, and tell unset from zero where protobuf does', () => {
    const sample = decodeMessage(OTLP_SAMPLE, Buffer.alloc(0));
    assert.deepEqual(sample, {
      stackIndex: 0,
      attributeIndices: new Int32Array(0),
      linkIndex: 0,
      values: new BigInt64Array(0),
      timestampsUnixNano: new BigUint64Array(0),
    });
    assert.equal(decodeMessage(OTLP_SPAN, Buffer.alloc(0)).status, undefined);
  });
});

describe('messages/decodeMessage: hostile and odd input', () => {
  it('reads repeated numbers packed, not packed, in pieces, and mixed', () => {
    const writer = new ProtoWriter();
    writer.uintField(2, 7);
    const packed = writer.open(2);
    writer.varint(8);
    writer.varint(300);
    writer.close(packed);
    writer.uintField(2, 9);
    const indices = decodeMessage(OTLP_SAMPLE, writer.finish()).attributeIndices;
    assert.deepEqual(indices, Int32Array.of(7, 8, 300, 9));
  });

  it('steps over unknown fields and fields of another wire type', () => {
    const writer = new ProtoWriter();
    writer.stringField(99, 'from the future');
    writer.stringField(1, 'not a number');
    writer.fixed64Field(1_000, 5n);
    writer.uintField(3, 4);
    const sample = decodeMessage(OTLP_SAMPLE, writer.finish());
    assert.deepEqual([sample.stackIndex, sample.linkIndex], [0, 4]);
  });

  it('keeps the last member of a oneof, and merges a message that comes twice', () => {
    const writer = new ProtoWriter();
    for (const text of ['', 'a', 'b']) {
      const dictionary = writer.open(2);
      writer.stringField(5, text);
      writer.close(dictionary);
    }
    const request = decodeMessage(OTLP_EXPORT_PROFILES_SERVICE_REQUEST, writer.finish());
    assert.deepEqual(request.dictionary!.stringTable, ['', 'a', 'b']);
    const any = allMessages().get('opentelemetry.proto.common.v1.AnyValue')!;
    const both = new ProtoWriter();
    both.stringField(1, 'text');
    both.int64Field(3, 5);
    const { stringValue, intValue } = decodeMessage(any, both.finish()) as Record<string, unknown>;
    assert.deepEqual([stringValue, intValue], [undefined, 5n]);
  });

  it('stops at its limits of depth, fields and bytes', () => {
    const any = allMessages().get('opentelemetry.proto.common.v1.AnyValue')!;
    let nested: Buffer = Buffer.alloc(0);
    for (let i = 0; i < 200; i++) {
      const writer = new ProtoWriter();
      writer.bytesField(1, nested);
      const outer = new ProtoWriter();
      outer.bytesField(5, writer.finish());
      nested = outer.finish();
    }
    assert.throws(() => decodeMessage(any, nested), /nested too deep/);
    const many = Buffer.alloc(2_000, Buffer.from('1200', 'hex'));
    const type = OTLP_EXPORT_PROFILES_SERVICE_REQUEST;
    assert.throws(() => decodeMessage(type, many, { fields: 999 }), /more fields/);
    assert.doesNotThrow(() => decodeMessage(type, many, { fields: 1_000 }));
    assert.throws(() => decodeMessage(type, many, { bytes: 1_999 }), /more than 1999 bytes/);
    const packed = new ProtoWriter();
    packed.bytesField(2, Buffer.alloc(5_000, 1));
    assert.throws(() => decodeMessage(OTLP_SAMPLE, packed.finish(), { fields: 5_000 }), ProtoError);
  });

  it('gives a message or a ProtoError for any bytes, and at any cut', () => {
    const type = OTLP_EXPORT_PROFILES_SERVICE_REQUEST;
    const check = (bytes: Uint8Array): void => {
      try {
        decodeMessage(type, bytes);
      } catch (error) {
        assert.ok(error instanceof ProtoError, String(error));
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), check), { numRuns: 2_000 });
    const real = requestOf(50).bytes;
    for (let end = 0; end <= real.length; end++) check(real.subarray(0, end));
    const change = fc.tuple(fc.nat(real.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const bytes = Buffer.from(real);
        for (const [at, value] of changes) bytes[at] = value;
        check(bytes);
      }),
      { numRuns: 2_000 },
    );
  });
});

function frame(messages: readonly Buffer[]): Buffer {
  const parts = messages.flatMap((message) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(message.length);
    return [length, message];
  });
  return Buffer.concat(parts);
}

function unframe(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    messages.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return messages;
}
