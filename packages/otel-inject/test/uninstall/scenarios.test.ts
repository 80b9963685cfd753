// SPDX-License-Identifier: Apache-2.0
// What packages of the reference promise of /etc/ld.so.preload, and what it does not: everything
// else on the host is as before, too.
import assert from 'node:assert/strict';
import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  execute,
  isThere,
  LIBRARY,
  makeRoot,
  manifest,
  OWN_ENTRY,
  otelInject,
  PRELOAD,
  put,
  RECEIPT,
  read,
  removeFolders,
} from '../plan/roots.ts';

function install(root: string, ...more: readonly string[]): string {
  const { status, stdout, stderr } = otelInject('install', '--root', root, '--no-probe', ...more);
  assert.equal(status, 0, stderr);
  return stdout;
}

function uninstall(root: string, ...more: readonly string[]): string {
  const { status, stdout, stderr } = otelInject('uninstall', '--root', root, ...more);
  assert.equal(status, 0, stderr);
  return stdout + stderr;
}

describe('install, then uninstall', () => {
  afterEach(removeFolders);

  it('created-on-install: a missing file is made for everybody to read, and goes again', () => {
    const root = makeRoot();
    const before = manifest(root);
    install(root);
    assert.match(read(root, PRELOAD), OWN_ENTRY);
    assert.ok(manifest(root).some((line) => line.startsWith(`f ${PRELOAD} 644 `)));
    uninstall(root);
    assert.ok(!isThere(root, PRELOAD));
    assert.deepEqual(manifest(root), before);
  });

  it('idempotent-reinstall: the second time changes nothing, and says so', () => {
    const root = makeRoot({ [PRELOAD]: '/a.so\n' });
    install(root);
    const once = manifest(root);
    assert.match(install(root), /nothing was changed/);
    assert.deepEqual(manifest(root), once);
    const { stdout } = otelInject('install', '--root', root, '--no-probe', '--json');
    assert.equal((JSON.parse(stdout) as { changed: boolean }).changed, false);
  });

  it('removed-on-remove, with times, modes, owners and attributes as they were', () => {
    const root = makeRoot({ [PRELOAD]: '# mine\n/a.so /b.so', '/etc/other': 'x' });
    chmodSync(join(root, PRELOAD), 0o600);
    const python = "import os,sys; os.setxattr(sys.argv[1], 'user.kept', b'1')";
    execute('python3', ['-c', python, join(root, PRELOAD)]);
    execute('touch', ['-d', '2020-02-02T02:02:02.123456789', join(root, PRELOAD)]);
    const before = manifest(root);
    install(root);
    const line = manifest(root).find((one) => one.startsWith(`f ${PRELOAD} `)) ?? '';
    assert.match(line, /600 .*user\.kept/);
    uninstall(root);
    assert.deepEqual(manifest(root), before);
  });

  it('tolerates-missing-file: somebody removed the list, the library or the receipt', () => {
    for (const gone of [PRELOAD, LIBRARY, RECEIPT]) {
      const root = makeRoot();
      const before = manifest(root);
      install(root);
      rmSync(join(root, gone));
      uninstall(root);
      assert.deepEqual(
        manifest(root).filter((line) => !line.startsWith('d ')),
        before.filter((line) => !line.startsWith('d ')),
        `without ${gone}`,
      );
    }
  });

  it('whitespace-only-file-deleted: one that install made', () => {
    const root = makeRoot();
    install(root);
    writeFileSync(join(root, PRELOAD), ` \n${read(root, PRELOAD)}\n\t\n`);
    uninstall(root);
    assert.ok(!isThere(root, PRELOAD));
  });

  it('keeps a file that was there and held nothing but white space', () => {
    for (const text of ['', '\n', ' \n\n']) {
      const root = makeRoot({ [PRELOAD]: text });
      const before = manifest(root);
      install(root);
      uninstall(root);
      assert.deepEqual(manifest(root), before, JSON.stringify(text));
    }
  });

  it('survives-upgrade: another version over it, then out, and the list is as at first', () => {
    const root = makeRoot({ [PRELOAD]: '/a.so' });
    const before = manifest(root);
    install(root);
    const preload = read(root, PRELOAD);
    // The library of an older version, as its receipt knows it.
    put(root, LIBRARY, `${read(root, LIBRARY)} `);
    assert.match(install(root), /1 change/);
    assert.equal(read(root, PRELOAD), preload);
    uninstall(root);
    assert.deepEqual(manifest(root), before);
  });

  it('preserves-foreign-entries, those that came meanwhile and their places', () => {
    const root = makeRoot({ [PRELOAD]: '# c\n/a.so\n' });
    install(root);
    const [, , ours] = read(root, PRELOAD).split('\n');
    writeFileSync(join(root, PRELOAD), `/first.so\n# c\n/a.so ${ours} /same-line.so\n/last.so`);
    uninstall(root);
    assert.equal(read(root, PRELOAD), '/first.so\n# c\n/a.so /same-line.so\n/last.so');
  });

  it('keeps a link at the list, and changes the file that it leads to', () => {
    const root = makeRoot({ '/etc/real/preload': '/a.so\n' });
    symlinkSync('/etc/real/preload', join(root, PRELOAD));
    const before = manifest(root);
    install(root);
    assert.match(read(root, '/etc/real/preload'), OWN_ENTRY);
    uninstall(root);
    assert.deepEqual(manifest(root), before);
  });

  it('keeps configuration that was edited, says so, and takes it with --purge', () => {
    const root = makeRoot();
    const before = manifest(root);
    const config = '/etc/opentelemetry/injector/injector.conf';
    install(root);
    writeFileSync(join(root, config), '# mine\n');
    assert.match(uninstall(root), /injector\.conf was edited and stays/);
    assert.equal(read(root, config), '# mine\n');
    assert.match(install(root), /changes/);
    uninstall(root, '--purge');
    assert.ok(!isThere(root, config));
    assert.ok(!isThere(root, '/etc/opentelemetry/injector'));
    assert.deepEqual(
      manifest(root).filter((line) => !line.includes('/etc/opentelemetry')),
      before,
    );
  });

  it('takes out all modes at once, in the order that leaves no preload of a missing file', () => {
    const root = makeRoot({ '/usr/lib/systemd/system/shop.service': '[Service]\n' });
    const before = manifest(root);
    install(root);
    install(root, '--mode', 'systemd', '--unit', 'shop');
    install(root, '--mode', 'systemd');
    install(root, '--mode', 'session');
    const { stdout } = otelInject('uninstall', '--root', root, '--dry-run', '--json');
    const [plan] = (JSON.parse(stdout) as { plans: { operations: { path: string }[] }[] }).plans;
    const paths = plan!.operations.map(({ path }) => path);
    const library = paths.indexOf(LIBRARY);
    for (const path of paths.filter((one) => /preload$|otel-inject\.(conf|sh)$/.test(one))) {
      assert.ok(paths.indexOf(path) < library, path);
    }
    uninstall(root);
    assert.deepEqual(manifest(root), before);
  });

  it('changes nothing where nothing is installed', () => {
    const root = makeRoot({ [PRELOAD]: '/a.so' });
    const before = manifest(root);
    assert.match(uninstall(root), /nothing was changed/);
    assert.deepEqual(manifest(root), before);
  });

  it('leaves alone a library that somebody else put in its place', () => {
    const root = makeRoot();
    install(root);
    put(root, LIBRARY, 'another library');
    assert.match(uninstall(root), /was replaced by somebody/);
    assert.equal(read(root, LIBRARY), 'another library');
    assert.ok(!isThere(root, PRELOAD));
  });

  it('does not take a list for its own that only a comment names', () => {
    const text = '# /usr/lib/opentelemetry/injector/libotelinject.so\n/opt/libotelinject.so\n';
    const root = makeRoot({ [PRELOAD]: text });
    uninstall(root);
    assert.equal(read(root, PRELOAD), text);
  });
});
