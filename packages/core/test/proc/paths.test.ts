// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { InputError } from '../../src/diagnostics/diagnostic.ts';
import { parseAuxv } from '../../src/proc/auxv.ts';
import { describeLink } from '../../src/proc/links.ts';
import { parseNamespaceLink } from '../../src/proc/namespaces.ts';
import { resolveInRoot } from '../../src/proc/rootedPath.ts';
import { parsePasswd } from '../../src/proc/users.ts';
import { openVerified } from '../../src/proc/verifiedOpen.ts';
import { scratchFile, scratchFolder } from '../fixtures/compile.ts';

function root(): string {
  const path = mkdtempSync(join(scratchFolder(), 'inner-'));
  mkdirSync(join(path, 'usr/lib'), { recursive: true });
  writeFileSync(join(path, 'usr/lib/x'), 'inside');
  return path;
}

describe('proc/paths', () => {
  it('follows links inside the root, absolute ones and those that climb too', () => {
    const inner = root();
    symlinkSync('/usr/lib', join(inner, 'lib'));
    symlinkSync('../../../../../../usr/lib/x', join(inner, 'usr/lib/up'));
    symlinkSync('/etc', join(inner, 'out'));
    assert.equal(resolveInRoot(inner, '/lib/x'), join(inner, 'usr/lib/x'));
    assert.equal(resolveInRoot(inner, '/lib/up'), join(inner, 'usr/lib/x'));
    assert.equal(resolveInRoot(inner, '/out/passwd'), join(inner, 'etc/passwd'));
    assert.equal(resolveInRoot(inner, '/../../../etc/passwd'), join(inner, 'etc/passwd'));
    assert.equal(resolveInRoot(inner, '//usr/./lib//x'), join(inner, 'usr/lib/x'));
  });

  it('gives up on links that run in a circle', () => {
    const inner = root();
    symlinkSync('b', join(inner, 'a'));
    symlinkSync('a', join(inner, 'b'));
    assert.equal(resolveInRoot(inner, '/a/x'), undefined);
  });

  it('opens regular files only, and only those accepted', () => {
    const path = scratchFile(Buffer.from('text'));
    const file = openVerified(path, path);
    assert.equal(file.read(0, 9).toString(), 'text');
    file.close();
    const fifo = join(scratchFolder(), 'verified-fifo');
    execFileSync('mkfifo', [fifo]);
    for (const odd of [fifo, '/dev/null', scratchFolder()]) {
      assert.throws(() => openVerified(odd, odd), isCode('not-regular'));
    }
    assert.throws(() => openVerified(path, path, () => false), isCode('malformed'));
    assert.throws(() => openVerified(`${path}.gone`, path), isCode('io'));
  });

  it('takes links of the kernel apart', () => {
    const plain = { isDeleted: false, isMemfd: false, isUnreachable: false };
    assert.deepEqual(describeLink('/bin/x'), { path: '/bin/x', ...plain });
    const deleted = { ...plain, isDeleted: true };
    assert.deepEqual(describeLink('/x (deleted)'), { path: '/x', ...deleted });
    assert.deepEqual(describeLink('/x (deleted)', 1), { path: '/x (deleted)', ...plain });
    assert.deepEqual(describeLink('/x (deleted) (deleted)', 0), {
      path: '/x (deleted)',
      ...deleted,
    });
    const memory = { ...deleted, isMemfd: true };
    assert.deepEqual(describeLink('/memfd:a b (deleted)', 0), { path: 'a b', ...memory });
    const outside = { ...plain, isUnreachable: true };
    assert.deepEqual(describeLink('(unreachable)/x'), { path: '/x', ...outside });
  });

  it('parses small tables, and never throws on others', () => {
    assert.equal(parseNamespaceLink('mnt:[4026531841]', 'mnt'), 4026531841);
    assert.equal(parseNamespaceLink('net:[1]', 'mnt'), undefined);
    const names = parsePasswd(Buffer.from('root:x:0:0::/:/bin/sh\nbad\n:x:1:1\ntoor:x:0:0\n'));
    assert.deepEqual([...names], [[0, 'root']]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        parseAuxv(bytes);
        parsePasswd(bytes);
        describeLink(Buffer.from(bytes).toString('latin1'));
      }),
    );
  });

  it('reads the auxiliary vector of 64-bit and 32-bit processes', () => {
    const wide = Buffer.alloc(64);
    [6n, 4096n, 23n, 1n, 33n, 0x7fff_0000_0000n, 0n, 0n].forEach((value, i) => {
      wide.writeBigUInt64LE(value, i * 8);
    });
    const narrow = Buffer.alloc(24);
    [6, 4096, 23, 0, 0, 0].forEach((value, i) => {
      narrow.writeUInt32LE(value, i * 4);
    });
    const parsed = parseAuxv(wide);
    assert.deepEqual([parsed?.class, parsed?.isSecure], [64, true]);
    assert.equal(parsed?.vdsoBase, 0x7fff_0000_0000n);
    assert.deepEqual([parseAuxv(narrow)?.class, parseAuxv(narrow)?.isSecure], [32, false]);
  });
});

function isCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof InputError && error.code === code;
}
