// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeBytes } from '../../../core/src/bytes/surrogateEscape.ts';
import { recoverArgv } from '../../src/parse/argvBytes.ts';

describe('arguments that are no UTF-8', () => {
  const dir = mkdtempSync(join(tmpdir(), 'argv-'));
  const cmdline = join(dir, 'cmdline');
  after(() => rmSync(dir, { recursive: true }));

  function recover(raw: readonly string[], own: number): readonly string[] {
    const bytes = raw.map((word) => Buffer.from(`${word}\0`, 'latin1'));
    writeFileSync(cmdline, Buffer.concat(bytes));
    const argv = bytes.slice(-own).map((word) => word.subarray(0, -1).toString('utf8'));
    return recoverArgv(argv, decodeBytes, cmdline);
  }

  it('get their bytes back as lone surrogates', () => {
    const raw = ['node', 'x.js', 'a\xffb', 'plain', 'caf\xc3\xa9'];
    assert.deepEqual(recover(raw, 3), ['a\udcffb', 'plain', 'café']);
  });

  it('keep a real replacement character', () => {
    assert.deepEqual(recover(['node', '\xef\xbf\xbd'], 1), ['\ufffd']);
  });

  it('stay as Node made them where the kernel tells something else', () => {
    writeFileSync(cmdline, 'renamed\0');
    assert.deepEqual(recoverArgv(['\ufffd'], decodeBytes, cmdline), ['\ufffd']);
    assert.deepEqual(recoverArgv(['\ufffd'], decodeBytes, '/nonexistent'), ['\ufffd']);
  });
});
