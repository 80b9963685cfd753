// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveFile, sudoOwner } from '../../src/file/saveFile.ts';

const USER = { uid: 12_345, gid: 12_346 };

describe('saving a file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'otelkit-save-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('writes all pieces, for the owner alone', () => {
    const path = join(folder, 'a.folded');
    saveFile(path, ['a', Buffer.from('b'), 'ü']);
    assert.equal(readFileSync(path, 'utf8'), 'abü');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ['a.folded']);
  });

  it('leaves the old file, and nothing else, when it fails', () => {
    const path = join(folder, 'a');
    writeFileSync(path, 'old');
    const pieces = function* (): Generator<string> {
      yield 'new';
      throw new Error('no more');
    };
    assert.throws(() => saveFile(path, pieces()), /no more/);
    assert.equal(readFileSync(path, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder), ['a']);
    assert.throws(() => saveFile(folder, ['x']), { code: 'EISDIR' });
    assert.throws(() => saveFile(join(folder, 'none', 'a'), ['x']), { code: 'ENOENT' });
  });

  it('replaces a link instead of following it', () => {
    writeFileSync(join(folder, 'target'), 'old');
    for (const target of ['target', '/dev/null']) {
      symlinkSync(target, join(folder, 'link'));
      saveFile(join(folder, 'link'), ['new']);
      assert.equal(readFileSync(join(folder, 'link'), 'utf8'), 'new');
      rmSync(join(folder, 'link'));
    }
    assert.equal(readFileSync(join(folder, 'target'), 'utf8'), 'old');
  });

  it('writes to devices as they are', () => {
    saveFile('/dev/null', ['x']);
    assert.ok(statSync('/dev/null').isCharacterDevice());
  });

  it('gives files back to the user behind sudo, where that is safe', function () {
    if (process.geteuid?.() !== 0) {
      console.log('skip: only root gives files away');
      this.skip();
    }
    const ownerIn = (name: string, prepare: (path: string) => void): number => {
      const path = join(folder, name);
      mkdirSync(path);
      prepare(path);
      saveFile(join(path, 'f'), ['x'], { owner: USER });
      return statSync(join(path, 'f')).uid;
    };
    assert.equal(
      ownerIn('theirs', (path) => chownSync(path, USER.uid, USER.gid)),
      USER.uid,
    );
    assert.equal(
      ownerIn('shared', (path) => chmodSync(path, 0o1777)),
      USER.uid,
    );
    assert.equal(
      ownerIn('system', () => {}),
      0,
    );
  });

  it('knows the user behind sudo', () => {
    assert.deepEqual(sudoOwner({ SUDO_UID: '1000', SUDO_GID: '100' }), { uid: 1000, gid: 100 });
    for (const uid of [undefined, '', '-1', '0', 'x', '4294967295', '99999999999']) {
      assert.equal(sudoOwner({ SUDO_UID: uid, SUDO_GID: '1' }), undefined);
    }
  });
});
