// SPDX-License-Identifier: Apache-2.0
// Every document that the commands write is as docs/schema says.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { runTool, whyNot } from '../endToEnd/profiling.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

describe('contract/schemas of otel-profile', function () {
  this.timeout(120_000);

  before(function () {
    if (!existsSync(join(ROOT, 'packages/otel-profile/dist/doctor.cjs'))) {
      console.log('skip: not built, build it with: npm run build');
      this.skip();
    }
  });

  function judge(args: readonly string[], exitCodes: readonly number[]): Record<string, unknown[]> {
    const run = runTool([...args, '--json']);
    assert.ok(exitCodes.includes(run.status ?? -1), `${run.status} ${run.stderr}`);
    const document = JSON.parse(run.stdout) as Record<string, unknown[]>;
    const path = join(ROOT, 'docs/schema', `otel-profile-${args[0]}.schema.json`);
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
      JSON.parse(readFileSync(path, 'utf8')),
    );
    assert.ok(validate(document), `${JSON.stringify(validate.errors?.[0])} ${run.stdout}`);
    return document;
  }

  it('doctor, whatever this host allows', () => {
    const { checks } = judge(['doctor'], [0, 1]);
    assert.ok(checks!.length > 0);
  });

  it('doctor without a helper', () => {
    const { checks } = judge(['doctor', '--helper', '/nowhere'], [1]);
    assert.equal(checks!.length, 1);
  });

  it('top', function () {
    const why = whyNot();
    if (why !== undefined) {
      console.log(`skip: ${why}`);
      return this.skip();
    }
    judge(['top', '-d', '1s', '-n', '5'], [0]);
  });
});
