// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { DocumentWriter } from '../../src/output/document.ts';

const ERROR = { code: 'ENOENT', message: 'no such file', path: 'x' };

describe('the JSON document', () => {
  for (const indent of [0, 2] as const) {
    it(`is whole with nothing in it (indent ${indent})`, () => {
      const writer = new DocumentWriter('files', indent);
      const document = JSON.parse(writer.start() + writer.end([]));
      assert.deepEqual(document, { schemaVersion: 1, files: [], errors: [] });
    });

    it(`holds elements of several arrays, members and errors (indent ${indent})`, () => {
      const writer = new DocumentWriter('files', indent);
      let text = writer.start();
      text += writer.element({ path: 'a' });
      text += writer.element({ path: 'b' });
      text += writer.element({ pid: 1 }, 'processes');
      writer.member('summary', { total: 3 });
      text += writer.end([ERROR, ERROR]);
      assert.deepEqual(JSON.parse(text), {
        schemaVersion: 1,
        files: [{ path: 'a' }, { path: 'b' }],
        processes: [{ pid: 1 }],
        summary: { total: 3 },
        errors: [ERROR, ERROR],
      });
    });

    it(`has its own array even when only another was filled (indent ${indent})`, () => {
      const writer = new DocumentWriter('files', indent);
      const text = writer.start() + writer.element({ pid: 1 }, 'processes') + writer.end([]);
      assert.deepEqual(JSON.parse(text).files, []);
    });
  }

  it('cannot fill an array twice', () => {
    const writer = new DocumentWriter('files', 0);
    writer.element({});
    writer.element({}, 'processes');
    assert.throws(() => writer.element({}), /already ended/);
  });
});
