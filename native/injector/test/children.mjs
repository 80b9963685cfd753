// SPDX-License-Identifier: Apache-2.0
// Children of an injected process: no growth, and nothing that does not concern them.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  assert,
  check,
  equal,
  extraCalls,
  library,
  run,
  skip,
  variables,
  which,
  work,
} from './harness.mjs';
import { agentPaths, fullConfig, standIn, withConfig } from './programs.mjs';

const env = '/usr/bin/env';

export function childrenTests() {
  const node = which('node');
  if (!node) return skip('children', 'no Node.js, install with: apt-get install nodejs');
  const defaults = join(work, 'child_env.conf');
  writeFileSync(defaults, 'OTEL_PROPAGATORS=b3\n');
  const config = withConfig(fullConfig(`all_auto_instrumentation_agents_env_path=${defaults}`), {
    OTEL_INJECTOR_SERVICE_NAME: 'parent',
    NODE_OPTIONS: '--stack-trace-limit=20',
    OTEL_RESOURCE_ATTRIBUTES: 'x=1,',
  });
  const spawn = (command, options = '{}') => [
    node,
    '-e',
    `const r = require('child_process').spawnSync(${JSON.stringify(command[0])}, ${JSON.stringify(command.slice(1))}, ${options}); process.stdout.write(r.stdout)`,
  ];
  const child = (command, options) =>
    variables(run(spawn(command, options), { env: config, preload: library }).stdout);
  const own = variables(run([env], { env: config, preload: library }).stdout);

  check(
    'children: an unrelated one has exactly the environment of one started without the parent',
    () => {
      const plain = { ...config, OTEL_INJECTOR_SERVICE_NAME: undefined };
      const got = variables(run(spawn([env]), { env: plain, preload: library }).stdout);
      const want = variables(run([env], { env: plain, preload: library }).stdout);
      equal(
        JSON.stringify(got, Object.keys(got).sort()),
        JSON.stringify(want, Object.keys(want).sort()),
        'environment',
      );
      assert(
        got.NODE_OPTIONS === '--stack-trace-limit=20' && got.OTEL_PROPAGATORS === undefined,
        'additions',
      );
    },
  );
  check("children: resource attributes follow the child's own request", () => {
    equal(own.OTEL_RESOURCE_ATTRIBUTES, 'x=1,service.name=parent', 'first process');
    const changed = child([env], '{env: {...process.env, OTEL_INJECTOR_SERVICE_NAME: "child"}}');
    equal(changed.OTEL_RESOURCE_ATTRIBUTES, 'x=1,service.name=child', 'child');
  });
  check('children: a disabled, excluded or denied one gets the additions taken out', () => {
    const show = [node, '-e', 'for (const k in process.env) console.log(k + "=" + process.env[k])'];
    for (const name of ['OTEL_INJECTOR_DISABLED', 'OTEL_INJECTOR_EXCLUDE_PATHS']) {
      const value = name.endsWith('DISABLED') ? 'true' : '*/node';
      const got = child(show, `{env: {...process.env, ${name}: "${value}"}}`);
      equal(got.NODE_OPTIONS, '--stack-trace-limit=20', name);
      equal(got.OTEL_RESOURCE_ATTRIBUTES, 'x=1,', name);
      assert(got.OTEL_PROPAGATORS === undefined && got.OTEL_INJECTOR_APPLIED === undefined, name);
    }
  });
  check('children: one of the same runtime has the same values, four deep', () => {
    const script = join(work, 'deep.js');
    writeFileSync(
      script,
      `const n = +process.argv[2]; if (n) process.stdout.write(require('child_process').execFileSync(process.execPath, [__filename, n - 1]));
else for (const k in process.env) console.log(k + "=" + process.env[k]); `,
    );
    const at = (n) =>
      variables(run([node, script, `${n}`], { env: config, preload: library }).stdout);
    equal(JSON.stringify(at(4)), JSON.stringify(at(0)), 'environment');
    equal(
      at(4).NODE_OPTIONS,
      `--require ${agentPaths.nodejs} --stack-trace-limit=20`,
      'NODE_OPTIONS',
    );
  });
  check('children: what the program added itself stays', () => {
    const got = child(
      [env],
      '{env: {...process.env, NODE_OPTIONS: process.env.NODE_OPTIONS + " --no-warnings"}}',
    );
    equal(got.NODE_OPTIONS, '--stack-trace-limit=20 --no-warnings', 'NODE_OPTIONS');
  });
  crossRuntime(child);
  noSystemCall();
}

function crossRuntime(child) {
  const python = standIn('children', 'python3', ['-DAS_PYTHON', '-DPY_VERSION=0x030c01f0']);
  check("children: one of another runtime has its own agent and not the parent's", () => {
    const got = child([python, 'x']);
    equal(got.PYTHONPATH, `${agentPaths.python}/glibc`, 'PYTHONPATH');
    equal(got.NODE_OPTIONS, '--stack-trace-limit=20', 'NODE_OPTIONS');
  });
}

/** Taking a parent's additions out happens in memory. */
function noSystemCall() {
  if (!which('strace'))
    return skip('children: no system call', 'no strace, install with: apt-get install strace');
  check('children: taking the additions out needs no system call', () => {
    const inherited = {
      NODE_OPTIONS: '--require /a.js --user',
      OTEL_PROPAGATORS: 'b3',
      OTEL_INJECTOR_APPLIED:
        '1;peNODE_OPTIONS:16:--require /a.js ;snOTEL_PROPAGATORS:16:0000000000000000;',
    };
    equal(
      variables(run([env], { env: inherited, preload: library }).stdout).NODE_OPTIONS,
      '--user',
      'NODE_OPTIONS',
    );
    // Not of env itself: where the environment is shorter it writes less.
    equal(extraCalls(['/bin/true'], { env: inherited }), '', 'system calls');
  });
}
