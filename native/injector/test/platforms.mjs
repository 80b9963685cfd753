// SPDX-License-Identifier: Apache-2.0
// Other ways to be loaded, and odd surroundings.
import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findZig } from '../../zig.mjs';
import { attempt } from './cached.mjs';
import { debianRoot } from './debian.mjs';
import {
  assert,
  assertSame,
  check,
  emptyLibrary,
  equal,
  isRoot,
  library,
  run,
  skip,
  variables,
  which,
  work,
} from './harness.mjs';
import { agentPaths, compileC, copyProgram, fullConfig, standIn, withConfig } from './programs.mjs';

export async function platformTests() {
  await thirtyTwoBit();
  preloadFile();
  explicitLoader();
  landingInSetuid();
  withoutProc();
  odderExecutables();
}

/** Injection needs no /proc; filtering by path does, and then nothing is injected. */
function withoutProc() {
  const python = standIn('without-proc', 'python3', pythonFlags);
  const hidden = (env) =>
    run(
      ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh', python, 'x'],
      { env, preload: library },
    );
  const config = withConfig(fullConfig());
  const first = isRoot && python ? hidden(config) : { status: 'not root' };
  if (first.status !== 7)
    return skip('without /proc', `no private mount here: ${first.stderr ?? first.status}`);
  check('without /proc: injected, but not where a path decides', () => {
    equal(variables(first.stdout).PYTHONPATH, `${agentPaths.python}/glibc`, 'PYTHONPATH');
    equal(
      variables(hidden({ ...config, OTEL_INJECTOR_EXCLUDE_PATHS: '/nothing' }).stdout).PYTHONPATH,
      undefined,
      'filtered',
    );
  });
}

function odderExecutables() {
  const python = standIn('odder', 'python3', pythonFlags);
  if (!python) return;
  const config = withConfig(fullConfig());
  check('a program that deletes itself before it starts is still excluded by its path', () => {
    const script = 'exec 3<"$1"; rm "$1"; exec -a python3 /proc/self/fd/3 x';
    const bash = (env) =>
      run(['bash', '-c', script, 'bash', copyProgram(python, 'deleted', 'python3')], {
        env,
        preload: library,
      });
    equal(variables(bash(config).stdout).PYTHONPATH, `${agentPaths.python}/glibc`, 'PYTHONPATH');
    equal(
      variables(bash({ ...config, OTEL_INJECTOR_EXCLUDE_PATHS: '*/deleted/python3' }).stdout)
        .PYTHONPATH,
      undefined,
      'excluded',
    );
  });
  if (!isRoot || !which('setpriv'))
    return skip('an execute-only program', 'needs root and setpriv');
  check('an execute-only program is recognised all the same', () => {
    const copy = copyProgram(python, 'execute-only', 'python3');
    chmodSync(copy, 0o111);
    for (const f of [
      work,
      join(work, 'lib'),
      join(work, 'lib', 'linux-x64'),
      join(work, 'agents'),
      join(work, 'execute-only'),
    ])
      chmodSync(f, 0o755);
    const r = run(['setpriv', '--reuid', '65534', '--clear-groups', copy, 'x'], {
      env: config,
      preload: library,
    });
    equal(variables(r.stdout).PYTHONPATH, `${agentPaths.python}/glibc`, `PYTHONPATH (${r.stderr})`);
  });
}

const interpreter = '/lib64/ld-linux-x86-64.so.2';
const pythonFlags = ['-DAS_PYTHON', '-DPY_VERSION=0x030c01f0'];

function explicitLoader() {
  const python = standIn('explicit', 'python3', pythonFlags);
  if (!python) return;
  check('explicit loader: the program is recognised, and filtered by its own name', () => {
    const on = (extra) =>
      variables(
        run([interpreter, python, 'x'], { env: withConfig(fullConfig(extra)), preload: library })
          .stdout,
      ).PYTHONPATH;
    equal(on(''), `${agentPaths.python}/glibc`, 'PYTHONPATH');
    equal(on('exclude_paths=*/python3\n'), undefined, 'excluded');
    equal(
      on('exclude_paths=*/ld-linux*\n'),
      `${agentPaths.python}/glibc`,
      'the loader is not the program',
    );
  });
}

/** With $LIB (or here two folders) each loader finds a library of its own class. */
async function thirtyTwoBit() {
  const zig = [findZig(), 'cc', '-target', 'x86-linux-musl', '-static'];
  const program = compileC('static32', 'probe.c', [], zig);
  if (!program) return skip('32-bit static', 'zig cannot compile for it');
  const { path: root, reason } = await attempt(() => debianRoot('bookworm', 'i386', ['libc6']));
  if (!root) return skip('32-bit', reason);
  const dynamic = compileC(
    'dynamic32',
    'probe.c',
    [],
    [findZig(), 'cc', '-target', 'x86-linux-gnu.2.31'],
  );
  if (!dynamic) return skip('32-bit dynamic', 'zig cannot compile for it');
  const folder = join(root, 'lib', 'i386-linux-gnu');
  const start = (so) =>
    run([
      join(folder, 'ld-linux.so.2'),
      '--library-path',
      folder,
      '--preload',
      so,
      dynamic,
      'noexec',
    ]);
  const stub = start(library.replace('linux-x64', 'linux-ia32'));
  if (stub.status === 'ENOEXEC' || /Exec format/.test(stub.stderr))
    return skip('32-bit', 'this kernel runs no 32-bit programs');
  check('32-bit: silent with the stub', () => {
    equal(stub.status, 7, `status (${stub.stderr})`);
    equal(stub.stderr, '', 'stderr');
  });
  check('32-bit: the 64-bit library alone would make the loader complain', () =>
    assert(/wrong ELF class/.test(start(library).stderr), 'no complaint'),
  );
}

const namespace = `set -e
mkdir -p "$1/up" && mount -t tmpfs none "$1/up" && mkdir "$1/up/u" "$1/up/w"
mount -t overlay -o lowerdir=/etc,upperdir="$1/up/u",workdir="$1/up/w" none /etc
printf '%s\\n' "$2" > /etc/ld.so.preload
shift 2
exec "$@"
`;

function inPreloadFile(so, command, options) {
  const script = join(work, 'namespace.sh');
  writeFileSync(script, namespace);
  return run(['unshare', '-m', 'sh', script, work, so, ...command], options);
}

function preloadFile() {
  if (!isRoot || !which('unshare'))
    return skip('/etc/ld.so.preload', 'needs root for a private mount namespace');
  const trial = inPreloadFile(emptyLibrary, ['true']);
  if (trial.status !== 0)
    return skip('/etc/ld.so.preload', `no private mount here: ${trial.stderr.trim()}`);
  const probe = compileC('pie', 'probe.c', ['-pie', '-fPIE']);
  const python = standIn('preload-file', 'python3', pythonFlags);
  const env = withConfig(fullConfig());
  for (const f of [work, join(work, 'lib'), join(work, 'lib', 'linux-x64'), join(work, 'agents')])
    chmodSync(f, 0o755);
  for (const command of [[probe], ['bash', '-c', 'echo $KEEP; exit 7'], ['sh', '-c', 'exit 7']]) {
    check(`/etc/ld.so.preload: ${command[0].split('/').at(-1)} as without`, () => {
      const a = inPreloadFile(emptyLibrary, command, { env });
      const b = inPreloadFile(library, command, { env });
      equal(`${b.status} ${b.stderr} ${b.stdout}`, `${a.status} ${a.stderr} ${a.stdout}`, 'result');
    });
  }
  check('/etc/ld.so.preload: a runtime is injected', () => {
    equal(
      variables(inPreloadFile(library, [python, 'x'], { env }).stdout).PYTHONPATH,
      `${agentPaths.python}/glibc`,
      'PYTHONPATH',
    );
  });
  setuid(python, env);
}

/** Owned by another user with the set-user-ID bit, in a folder of our own. */
function setuid(python, env) {
  const folder = join(work, 'setuid');
  mkdirSync(folder, { recursive: true });
  const program = copyProgram(python, 'setuid', 'python3');
  for (const [name, mode, uid, gid] of [
    ['set-user-ID', 0o4755, 65534, 0],
    ['set-group-ID', 0o2755, 0, 65534],
  ]) {
    chownSync(program, uid, gid);
    chmodSync(program, mode);
    check(`/etc/ld.so.preload: a ${name} runtime is left alone before anything is read`, () => {
      const r = inPreloadFile(library, [program, 'x'], {
        env: { ...env, OTEL_INJECTOR_LOG_LEVEL: 'debug' },
      });
      equal(r.status, 7, `status (${r.stderr})`);
      equal(variables(r.stdout).PYTHONPATH, undefined, 'PYTHONPATH');
      equal(r.stderr, '', 'stderr');
    });
  }
  chownSync(program, 0, 0);
  chmodSync(program, 0o755);
  check('/etc/ld.so.preload: the same file without the bit is injected', () => {
    const r = inPreloadFile(library, [program, 'x'], { env });
    assert(variables(r.stdout).PYTHONPATH, r.stderr);
  });
}

function landingInSetuid() {
  if (!isRoot) return skip('set-user-ID through LD_PRELOAD', 'needs root');
  const probe = compileC('pie', 'probe.c', ['-pie', '-fPIE']);
  const program = copyProgram(probe, 'setuid', 'probe');
  chownSync(program, 65534, 65534);
  chmodSync(program, 0o6755);
  check(
    'set-user-ID through LD_PRELOAD: as without',
    () => void assertSame([program, 'noexec'], { env: withConfig(fullConfig()) }),
  );
  assert(existsSync(program), program);
}
