// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

const SOURCE = new URL('../../src/start/patience.ts', import.meta.url).href;

/** Some 360 bytes of bytecode without a loop: budgets count bytes as well as calls. */
const TERMS = Array.from({ length: 60 }, (_, i) => `(n ^ ${i})`).join(' + ');

/** How often V8 chose a function for optimizing that is called 1,500 times. */
function optimizations(isPatient: boolean): number {
  const script = `
    import { createRequire } from 'node:module';
    import { optimizeLater } from ${JSON.stringify(SOURCE)};
    if (${isPatient}) optimizeLater(createRequire(import.meta.url));
    const hotFunction = (n) => ${TERMS};
    let total = 0;
    for (let i = 0; i < 1_500; i++) total += hotFunction(i);
    process.exitCode = total > 0 ? 0 : 1;`;
  const args = ['--trace-opt', '--import', 'tsx', '--input-type=module', '-e', script];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(status, 0);
  // An unknown flag would be complained about there.
  assert.equal(stderr, '');
  return stdout.split('\n').filter((line) => /marking .*hotFunction/.test(line)).length;
}

describe('start/patience', () => {
  it('makes this version of V8 wait with optimizing', function () {
    this.timeout(60_000);
    assert.ok(optimizations(false) > 0, 'the function gets hot');
    assert.equal(optimizations(true), 0);
  });

  it('makes V8 take cached code again that was written after tools changed flags', function () {
    this.timeout(60_000);
    const script = `
      import { createRequire } from 'node:module';
      import { setFlagsFromString } from 'node:v8';
      import { Script } from 'node:vm';
      import { restoreFlags } from ${JSON.stringify(SOURCE)};
      const cachedData = new Script('(n) => n + 1').createCachedData();
      const answers = [];
      // Another name each time: V8 remembers what it has compiled.
      const isTaken = () =>
        !new Script('(n) => n + 1', { cachedData, filename: 'f' + answers.length }).cachedDataRejected;
      // As otel-profile's agent and its threads do.
      const changed = ['semi-space-growth-factor=1', 'wasm-tiering-budget=200000000', 'expose-gc'];
      for (const flag of changed) setFlagsFromString('--' + flag);
      answers.push(isTaken());
      restoreFlags(createRequire(import.meta.url));
      answers.push(isTaken());
      console.log(answers.join());`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', script];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.equal(stdout, 'false,true\n');
  });
});
