// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { ProtoReader } from '@otelkit/otlp';
import { writeOtlp } from '../../src/write/otlpFile.ts';
import { sampleProfile } from '../model/sampleProfile.ts';

/** Fields of a message: number → raw values of its length-delimited occurrences. */
function fields(bytes: Uint8Array): Map<number, Buffer[]> {
  const reader = new ProtoReader(bytes);
  const found = new Map<number, Buffer[]>();
  while (reader.next()) {
    if (reader.wireType !== 2) {
      reader.skip();
      continue;
    }
    found.set(reader.field, [...(found.get(reader.field) ?? []), reader.bytes()]);
  }
  return found;
}

describe('OTLP files', () => {
  const data = fields(
    writeOtlp(sampleProfile(), { scope: { name: 'otel-profile', version: '1' } }),
  );

  it('are one message with one dictionary and a resource for each process', () => {
    assert.equal(data.get(1)?.length, 2);
    assert.equal(data.get(2)?.length, 1);
    const [resource] = fields(data.get(1)![0]!).get(1)!;
    assert.ok(resource!.includes('process.pid') && resource!.includes('c0ffee'));
  });

  it('name functions, files and build IDs', () => {
    const dictionary = fields(data.get(2)![0]!);
    const strings = dictionary.get(5)!.map((bytes) => bytes.toString('utf8'));
    for (const text of ['main', 'inner', 'vfs_read', 'a.h', '/opt/app', 'thread.name']) {
      assert.ok(strings.includes(text), text);
    }
    assert.equal(strings[0], '');
    // The zero value, then main twice, inner with work, vfs_read, libc's, and the one with a bad name.
    assert.equal(dictionary.get(2)?.length, 7);
    assert.equal(dictionary.get(7)?.length, 4);
  });
});
