// SPDX-License-Identifier: Apache-2.0
// Where the configuration comes from, and what happens when it is not what it should be.
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, check, equal, library, run, variables, work } from './harness.mjs';
import { agentPaths, configurations, fullConfig, standIn, withConfig } from './programs.mjs';

export function configTests() {
  const python = standIn('config', 'python3', ['-DAS_PYTHON', '-DPY_VERSION=0x030c01f0']);
  if (!python) return;
  const path = (env, user = {}) =>
    variables(run([python, 'x'], { env, preload: library, ...user }).stdout).PYTHONPATH;
  const wanted = `${agentPaths.python}/glibc`;
  const unusable = {
    malformed: 1,
    huge: 1,
    unreadable: 1,
    FIFO: 1,
    'endless device': 1,
    'no configuration': 1,
    defaults: 1,
  };
  for (const [name, { env, ...user }] of configurations()) {
    check(`config: ${name}`, () =>
      equal(path(env, user), unusable[name] ? undefined : wanted, 'PYTHONPATH'),
    );
  }
  folders(path, wanted);
  check('config: 60 KB of exclusions count', () => {
    const list = Array.from({ length: 3000 }, (_, i) => `/no/such/program-${i}`).join(',');
    equal(
      path(withConfig(fullConfig(`exclude_paths=${list},*/python3\n`))),
      undefined,
      'PYTHONPATH',
    );
    equal(path(withConfig(fullConfig(`exclude_paths=${list}\n`))), wanted, 'PYTHONPATH');
  });
  check('config: no final newline, Windows line ends, a byte order mark', () => {
    equal(
      path(withConfig(`\ufeff${fullConfig().trim().replaceAll('\n', '\r\n')}`)),
      wanted,
      'PYTHONPATH',
    );
  });
  check('config: a pattern made to explode ends soon and excludes', () => {
    const pattern = `${'*a'.repeat(60)}b`;
    const args = [python, 'a'.repeat(120000)];
    const r = run(args, {
      env: withConfig(fullConfig(`exclude_with_arguments=${pattern}\n`)),
      preload: library,
      timeoutMs: 5000,
    });
    equal(r.status, 7, 'status');
  });
  logging(python);
}

function folders(path, wanted) {
  const folder = join(work, 'conf.d');
  mkdirSync(folder, { recursive: true });
  const file = join(work, 'linked.txt');
  writeFileSync(file, fullConfig());
  symlinkSync(file, join(folder, '50-linked.conf'));
  writeFileSync(join(folder, '90-ignored.conf~'), 'auto_instrumentation_disabled=*\n');
  writeFileSync(join(folder, '.hidden.conf'), 'auto_instrumentation_disabled=*\n');
  const env = {
    OTEL_INJECTOR_CONFIG_FILE: join(work, 'nowhere'),
    OTEL_INJECTOR_CONFIG_DIR: folder,
  };
  check('config: a drop-in that is a symbolic link counts, other names do not', () =>
    equal(path(env), wanted, 'PYTHONPATH'),
  );
  check('config: later drop-ins win, the environment wins over all', () => {
    const other = join(folder, '60-other.conf');
    writeFileSync(other, 'python_auto_instrumentation_agent_path_prefix=/nowhere\n');
    equal(path(env), undefined, 'file');
    equal(
      path({ ...env, PYTHON_AUTO_INSTRUMENTATION_AGENT_PATH_PREFIX: agentPaths.python }),
      wanted,
      'environment',
    );
    writeFileSync(other, '');
  });
  check('config: lists of several files are joined', () => {
    writeFileSync(join(folder, '70-a.conf'), 'exclude_paths=/nothing\n');
    writeFileSync(join(folder, '80-b.conf'), 'exclude_paths="*/python3"\n');
    equal(path(env), undefined, 'excluded');
    equal(path({ ...env, OTEL_INJECTOR_EXCLUDE_PATHS: '' }), wanted, 'replaced by the environment');
    writeFileSync(join(folder, '80-b.conf'), "exclude_paths='*/python3\n");
    equal(path(env), undefined, 'an unterminated exclusion');
  });
  check('config: a drop-in that cannot be read stands the library down', () => {
    if (process.getuid() === 0) return 'as root everything can be read';
    chmodSync(join(folder, '70-a.conf'), 0);
    assert(path(env) === undefined, 'PYTHONPATH');
  });
}

function logging(python) {
  check('log: nothing unless asked for, one line a message when asked', () => {
    const env = withConfig(`${fullConfig()}nonsense=1\n`);
    equal(run([python, 'x'], { env, preload: library }).stderr, '', 'silent');
    equal(
      run(['/bin/true'], { env: { OTEL_INJECTOR_LOG_LEVEL: 'info' }, preload: library }).stderr,
      '',
      'info about /bin/true',
    );
    const debug = run([python, 'x'], {
      env: { ...env, OTEL_INJECTOR_LOG_LEVEL: 'debug' },
      preload: library,
    }).stderr;
    assert(debug.includes('unknown key: nonsense') && debug.includes('agent added'), debug);
    for (const line of debug.trim().split('\n')) assert(line.startsWith('[otel-injector] '), line);
  });
}
