// SPDX-License-Identifier: Apache-2.0
// Our part of the Node.js agent, before a stand-in for the agent's own that never comes to an end.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AGENT_REGISTER, NODE_REGISTER } from '../../src/agents/fetch/nodeRegister.ts';

const NEVER_ENDS = `
const stop = async () => { setInterval(() => {}, 1000); await new Promise(() => {}); };
process.on('SIGTERM', stop);
process.once('beforeExit', stop);`;
const ENDS_AT_ONCE = `process.once('beforeExit', async () => {});`;
const LIMIT_MS = 60_000;

describe("the Node.js agent's way to the end", function () {
  this.timeout(2 * LIMIT_MS);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'otel-inject-register-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(agent: string, script: string): string {
    const register = join(folder, 'register.js');
    writeFileSync(register, NODE_REGISTER);
    writeFileSync(join(folder, AGENT_REGISTER), agent);
    const { status, signal, stdout } = spawnSync(
      process.execPath,
      ['--require', register, '-e', script],
      { encoding: 'utf8', timeout: LIMIT_MS, killSignal: 'SIGKILL' },
    );
    return `${stdout}${signal ?? status}`;
  }

  it('lets a program that is done end with its own exit code', () => {
    assert.equal(run(NEVER_ENDS, 'process.exitCode = 3; console.log("done")'), 'done\n3');
  });

  it('does not cut off what a program does in a beforeExit listener of its own', () => {
    const script = `let n = 0;
      process.on('beforeExit', () => { if (n++ === 0) setTimeout(() => console.log('more'), 50); });`;
    assert.equal(run(ENDS_AT_ONCE, script), 'more\n0');
  });

  it('lets SIGTERM end a program that has no handler', () => {
    const script = 'setInterval(() => {}, 1000); process.kill(process.pid, "SIGTERM")';
    assert.equal(run(NEVER_ENDS.replace('await new', 'new'), script), 'SIGTERM');
  });
});
