// SPDX-License-Identifier: Apache-2.0
// Programs that are no runtime: nothing may differ, under any configuration.
import { assertSame, check, equal, extraCalls, skip, which } from './harness.mjs';
import { configurations, plainPrograms } from './programs.mjs';

const scripts = [
  ['sh', ['-c', 'echo "$KEEP" | cat; env -u PATH | grep -v "^_=" | wc -l; exit 7']],
  ['bash', ['-c', 'echo "$KEEP"; (exit 3); echo $?; export A=1; env | grep -c .; exit 7']],
  ['busybox', ['env']],
  ['perl', ['-e', 'print "$_=$ENV{$_}\\n" for sort keys %ENV; exit 7']],
  ['php', ['-n', '-r', 'echo getenv("KEEP"); exit(7);']],
  ['git', ['--version']],
  ['env', []],
  ['node', ['--version']],
  ['java', ['-version']],
  ['python3', ['-S', '-c', 'import os; print(sorted(os.environ))']],
  ['javac', ['-version']],
];

/** Without system calls beyond the loader's; the JVM's own differ from run to run. */
const exactly = new Set(['sh', 'bash', 'perl', 'git', 'env', 'busybox', 'python3']);

export function matrixTests() {
  const programs = [];
  for (const [name, path] of plainPrograms()) {
    if (path) programs.push({ name, command: [path], exact: !name.startsWith('Go') });
    else
      skip(
        `matrix ${name}`,
        'cannot be compiled here, install with: apt-get install gcc musl-tools golang',
      );
  }
  for (const [name, args] of scripts) {
    const path = which(name);
    if (path) programs.push({ name, command: [path, ...args], exact: exactly.has(name) });
    else skip(`matrix ${name}`, `not here, install with: apt-get install ${name}`);
  }
  const strace = which('strace');
  if (!strace) skip('matrix system calls', 'no strace, install with: apt-get install strace');
  for (const [setting, options] of configurations()) {
    for (const p of programs) {
      check(`matrix ${p.name}, ${setting}: as without`, () => void assertSame(p.command, options));
      if (strace && p.exact) {
        check(`matrix ${p.name}, ${setting}: no system call`, () =>
          equal(extraCalls(p.command, options), '', 'system calls'),
        );
      }
    }
  }
  odd(programs);
}

function odd(programs) {
  const probe = programs.find((p) => p.name === 'glibc PIE')?.command[0];
  if (!probe) return;
  const limits = (text) => ['sh', '-c', `${text}; exec "$@"`, 'sh', probe, 'noexec'];
  check('odd: few descriptors', () => void assertSame(limits('ulimit -n 4')));
  check('odd: small stack', () => void assertSame(limits('ulimit -s 128')));
  check('odd: little memory', () => void assertSame(limits('ulimit -v 65536')));
  check(
    'odd: closed descriptors',
    () => void assertSame(['sh', '-c', '"$1" noexec <&- 2>&- 1>&-; echo $?', 'sh', probe]),
  );
  check('odd: 100 KB argument', () => void assertSame([probe, 'noexec', 'x'.repeat(100000)]));
  check('odd: 5000 variables', () => {
    const env = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`MANY_${i}`, `${i}`]));
    assertSame([probe, 'noexec'], { env });
  });
  check(
    'odd: empty environment',
    () => void assertSame(['env', '-i', 'sh', '-c', 'env | grep -v "^_="', 'x']),
  );
  check(
    'odd: started by the loader itself',
    () => void assertSame(['/lib64/ld-linux-x86-64.so.2', probe, 'noexec']),
  );
  check(
    'odd: unknown log level prints nothing',
    () => void assertSame([probe, 'noexec'], { env: { OTEL_INJECTOR_LOG_LEVEL: 'loud' } }),
  );
}
