// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import type { HostCheck } from '@otelkit/core';
import { otelElf } from '../processes.ts';
import { assertMatchesSchema } from '../schemas.ts';

describe('otel-elf doctor', () => {
  it('says what this host has, and how to get the rest', () => {
    const { stdout, exitCode } = otelElf('doctor', '--json');
    assert.equal(exitCode, 0);
    assertMatchesSchema(JSON.parse(stdout), 'doctor');
    const checks: HostCheck[] = JSON.parse(stdout).checks;
    const byId = new Map(checks.map((check) => [check.id, check]));
    assert.equal(byId.get('kernel')?.found, release());
    assert.equal(byId.get('btf')?.verdict === 'yes', existsSync('/sys/kernel/btf/vmlinux'));
    assert.equal(byId.get('processes')?.verdict === 'no', false);
    for (const { id, verdict, found, costs } of checks) {
      assert.ok(found.length > 0, id);
      if (verdict === 'partly' || verdict === 'no') assert.ok((costs ?? '').length > 0, id);
    }
  });

  it('takes a missing lockdown file for unknown, not for none', function () {
    if (existsSync('/sys/kernel/security/lockdown')) {
      console.log('skip: securityfs is mounted here');
      return this.skip();
    }
    const { stdout } = otelElf('doctor');
    assert.match(stdout, /^Lockdown +unknown /m);
    assert.match(stdout, /mount -t securityfs/);
  });
});
