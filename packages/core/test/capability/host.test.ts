// SPDX-License-Identifier: Apache-2.0
// The checks of the host over recorded trees: what this machine has is no test of what others have.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkHost } from '../../src/capability/host/hostChecks.ts';
import type { HostCheck, HostInput } from '../../src/capability/host/types.ts';
import { ProcFs } from '../../src/proc/procFs.ts';
import { scratchFolder } from '../fixtures/compile.ts';

const ALL = (1n << 41n) - 1n;

/** A host made of files, given by their paths. */
function host(files: Readonly<Record<string, string>>, more: Partial<HostInput> = {}): HostInput {
  const root = mkdtempSync(join(scratchFolder(), 'host-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return {
    fs: new ProcFs(join(root, 'proc')),
    sysRoot: join(root, 'sys'),
    root,
    kernelRelease: '6.1.0-18-amd64',
    nodeVersion: 'v20.19.0',
    capabilities: 0n,
    ...more,
  };
}

function check(input: HostInput, id: string): HostCheck {
  const found = checkHost(input).find((entry) => entry.id === id);
  assert.ok(found !== undefined, id);
  return found;
}

describe('capability/host', () => {
  it('survives a host without anything, and says so', () => {
    for (const { id, found, verdict, costs } of checkHost(host({}))) {
      assert.ok(found.length > 0, id);
      if (verdict === 'no') assert.ok(costs !== undefined, id);
    }
    assert.equal(check(host({}), 'processes').verdict, 'no');
  });

  it('reads lockdown, and takes a missing file for unknown', () => {
    const mode = (text: string): HostCheck =>
      check(host({ 'sys/kernel/security/lockdown': text }), 'lockdown');
    assert.equal(mode('[none] integrity confidentiality\n').verdict, 'yes');
    assert.equal(mode('none [integrity] confidentiality\n').verdict, 'partly');
    assert.equal(mode('none integrity [confidentiality]\n').verdict, 'no');
    assert.equal(check(host({}), 'lockdown').verdict, 'unknown');
  });

  it('weighs perf_event_paranoid against CAP_PERFMON', () => {
    const level = (text: string, capabilities = 0n): string =>
      check(host({ 'proc/sys/kernel/perf_event_paranoid': text }, { capabilities }), 'perf')
        .verdict;
    assert.equal(level('-1\n'), 'yes');
    assert.equal(level('1\n'), 'partly');
    assert.equal(level('4\n'), 'no');
    assert.equal(level('4\n', 1n << 38n), 'yes');
    assert.equal(level('4\n', 1n << 21n), 'yes');
    assert.equal(check(host({}), 'perf').verdict, 'unknown');
  });

  it('sees whether kernel addresses are hidden', () => {
    const symbols = (address: string): string =>
      check(host({ 'proc/kallsyms': `${address} A first\n` }), 'kallsyms').verdict;
    assert.equal(symbols('0000000000000000'), 'no');
    assert.equal(symbols('ffffffff81000000'), 'yes');
    assert.equal(check(host({}), 'kallsyms').verdict, 'no');
  });

  it('tells versions of control groups by what is mounted', () => {
    const mounted = (...types: string[]): string => {
      const lines = types.map((type, i) => `${i} 1 0:${i} / /sys/${i} rw - ${type} none rw\n`);
      return check(host({ 'proc/self/mountinfo': lines.join('') }), 'cgroups').verdict;
    };
    assert.equal(mounted('cgroup2'), 'yes');
    assert.equal(mounted('cgroup', 'cgroup2'), 'yes');
    assert.equal(mounted('cgroup'), 'partly');
    assert.equal(mounted(), 'unknown');
  });

  it('finds entries of ld.so.preload that lead nowhere', () => {
    const preload = (text: string): HostCheck =>
      check(host({ 'etc/ld.so.preload': text, 'lib/there.so': '' }), 'ld-so-preload');
    assert.equal(preload('# nothing\n').verdict, 'yes');
    assert.equal(preload('/lib/there.so\n').verdict, 'yes');
    const missing = preload('/lib/there.so /lib/gone.so\n');
    assert.equal(missing.verdict, 'no');
    assert.match(missing.found, /gone\.so/);
    assert.doesNotMatch(missing.found, /there\.so/);
  });

  it('asks for the kernel, the rights and the Node that are needed', () => {
    assert.equal(check(host({}, { kernelRelease: '5.4.0' }), 'kernel').verdict, 'partly');
    assert.equal(check(host({}, { kernelRelease: '5.10.0' }), 'kernel').verdict, 'yes');
    assert.equal(check(host({}, { capabilities: ALL }), 'capabilities').verdict, 'yes');
    assert.equal(check(host({}), 'capabilities').verdict, 'no');
    assert.equal(check(host({}, { nodeVersion: 'v18.20.0' }), 'node').verdict, 'no');
    assert.equal(check(host({}, { nodeVersion: 'v24.1.0' }), 'node').verdict, 'yes');
  });
});
