// SPDX-License-Identifier: Apache-2.0
// What a host does to its programs: limits, filters, odd environments, other preloads, names that
// mislead. A runtime is injected or stands down, and never is there a message or another status.
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  assert,
  assertSame,
  check,
  emptyLibrary,
  equal,
  extraCalls,
  library,
  run,
  skip,
  variables,
  which,
  work,
} from './harness.mjs';
import {
  agentPaths,
  compileC,
  copyProgram,
  fullConfig,
  shows,
  standIn,
  withConfig,
} from './programs.mjs';

const AGENT = `${agentPaths.python}/glibc`;
const PYTHON = ['-DAS_PYTHON', '-DPY_VERSION=0x030c01f0'];
/** Beyond those that the loader needs too; on x86_64: stat, readlink, getdents64, access. */
const ITS_CALLS = ['4', '89', '217', '21'];
const MOST_ENTRY_BYTES = 128 * 1024 - 1;

export function surroundingsTests() {
  const launch = compileC('launch', 'launch.c');
  const python = standIn('surroundings', 'python3', PYTHON);
  if (!launch || !python)
    return skip('surroundings', 'no compiler, install with: apt-get install gcc');
  const config = withConfig(fullConfig());
  const path = (command, env = {}) => {
    const r = run(command, { env: { ...config, ...env }, preload: library });
    equal(r.status, 7, `status (${r.stderr.slice(0, 200)})`);
    equal(r.stderr, '', 'stderr');
    return variables(r.stdout).PYTHONPATH;
  };
  environments(launch, python, config);
  resources(python, path);
  filters(launch, python, path);
  odderConfigurations(python, path);
  namedLikeRuntimes();
  starts(launch, python, path);
  otherPreloads(path, python);
}

/** Environments that only execve can make. */
function environments(launch, python, config) {
  const exact = (entries, command = [python, 'x']) =>
    run([launch, 'environ', `LD_PRELOAD=${library}`, ...entries, '--', ...command]);
  const its = Object.entries(config).map(([k, v]) => `${k}=${v}`);
  const lines = (r, name) => r.stdout.split('\n').filter((line) => line.startsWith(`${name}=`));
  check('environment: of a variable that is there twice the first is what getenv gives', () => {
    const r = exact([...its, 'PYTHONPATH=/first', 'A=1', 'PYTHONPATH=/second']);
    equal(
      lines(r, 'PYTHONPATH').join(),
      `PYTHONPATH=${AGENT}:/first,PYTHONPATH=/second`,
      'entries',
    );
    const off = exact([...its, 'OTEL_INJECTOR_DISABLED=true', 'OTEL_INJECTOR_DISABLED=false']);
    equal(lines(off, 'PYTHONPATH').join(), '', 'disabled');
  });
  check('environment: entries without a name or without a value stay as they are', () => {
    const odd = ['=x=y', 'NOEQUALS', '', 'PYTHONPATH', 'OTEL_INJECTOR_', 'OTEL_INJECTOR_=1', '='];
    const r = exact([...odd, ...its]);
    equal(lines(r, 'PYTHONPATH').join(), `PYTHONPATH=${AGENT}`, 'PYTHONPATH');
    for (const entry of odd) assert(r.stdout.split('\n').includes(entry), entry);
  });
  check('environment: a parent that recorded twice, or nonsense', () => {
    const record = `OTEL_INJECTOR_APPLIED=1;pnPYTHONPATH:${AGENT.length}:${AGENT};`;
    const r = exact([...its, record, `PYTHONPATH=${AGENT}`, record]);
    equal(lines(r, 'PYTHONPATH').join(), `PYTHONPATH=${AGENT}`, 'PYTHONPATH');
    const other = exact(
      [record, 'OTEL_INJECTOR_APPLIED=;;;:9:', record, `PYTHONPATH=${AGENT}`],
      ['/usr/bin/env'],
    );
    equal(other.stdout, `LD_PRELOAD=${library}\n`, 'environment of another program');
  });
  check('environment: one string as long as execve takes', () => {
    const long = (name, bytes) => `${name}=${'x'.repeat(bytes - name.length - 1)}`;
    const other = exact([...its, long('OTHER', MOST_ENTRY_BYTES)]);
    equal(lines(other, 'PYTHONPATH').join(), `PYTHONPATH=${AGENT}`, 'PYTHONPATH');
    const full = long('PYTHONPATH', MOST_ENTRY_BYTES);
    const r = exact([...its, full]);
    equal(lines(r, 'PYTHONPATH').join(), full, 'a value that cannot grow');
    equal(r.stderr, '', 'stderr');
  });
  check('environment: elements and blanks of PYTHONPATH stay', () => {
    const r = exact([...its, 'PYTHONPATH=:/a b::/c d:']);
    equal(lines(r, 'PYTHONPATH').join(), `PYTHONPATH=${AGENT}::/a b::/c d:`, 'PYTHONPATH');
  });
  check('environment: options that are longer than Java 8 reads stay alone', () => {
    const java = standIn('surroundings-8', 'java', ['-DAS_JAVA']);
    const option = `-javaagent:${agentPaths.jvm}`;
    const own = (bytes) => `-Dx=${'y'.repeat(bytes - 4)}`;
    const value = (text) =>
      lines(exact([...its, `JAVA_TOOL_OPTIONS=${text}`], [java, 'A']), 'JAVA_TOOL_OPTIONS').join();
    const fits = own(1023 - option.length - 1);
    equal(value(fits), `JAVA_TOOL_OPTIONS=${fits} ${option}`, 'as long as it reads');
    equal(value(`${fits}y`), `JAVA_TOOL_OPTIONS=${fits}y`, 'one byte more');
    const many = Array.from({ length: 64 }, () => '-Da').join(' ');
    equal(value(many), `JAVA_TOOL_OPTIONS=${many}`, 'more options than it reads');
  });
}

/** Where something cannot be had the library does without, or without itself. */
function resources(python, path) {
  const under = (limit) => ['sh', '-c', `ulimit ${limit}; exec "$@"`, 'sh', python, 'x'];
  for (const [limit, isInjected] of [
    ['-n 4', true],
    ['-n 3', undefined],
    ['-f 0', true],
    ['-c 0', true],
    ['-s 64', true],
    ['-v 20000', undefined],
    ['-v 4600', undefined],
  ]) {
    check(`limits: ulimit ${limit}: no message, the same status`, () => {
      const plain = run(under(limit), { preload: emptyLibrary });
      if (plain.status !== 7) return `not even without the library: ${plain.status}`;
      const got = path(under(limit));
      if (isInjected) equal(got, AGENT, 'PYTHONPATH');
      assert(got === undefined || got === AGENT, got);
      return got ? 'injected' : 'left alone';
    });
  }
  check('limits: closed descriptors stay closed, and numbers are not taken', () => {
    const open = 'import os; os._exit(os.open("/dev/null", os.O_RDONLY))';
    const script = '"$@" <&- >&- 2>&-; echo $?';
    const command = ['sh', '-c', script, 'sh', which('python3'), '-c', open];
    const options = { env: { ...withConfig(fullConfig()), OTEL_INJECTOR_LOG_LEVEL: 'debug' } };
    equal(run(command, { ...options, preload: library }).stdout, '0\n', 'first free descriptor');
  });
}

/** Filters of sandboxes: a call that is refused means no injection, and no noise. */
function filters(launch, python, path) {
  for (const number of ITS_CALLS) {
    check(`seccomp: refusing call ${number} refuses no program`, () => {
      const got = path([launch, 'errno', number, '--', python, 'x']);
      assert(got === undefined || got === AGENT, got);
      return got ? 'injected' : 'left alone';
    });
  }
  check('seccomp: a program that is no runtime lives under a filter that kills', () => {
    const probe = compileC('pie', 'probe.c', ['-pie', '-fPIE']);
    const command = [launch, 'kill', ...ITS_CALLS.slice(0, 3), '--', probe, 'noexec'];
    equal(assertSame(command, { env: withConfig(fullConfig()) }).status, 7, 'status');
  });
}

function odderConfigurations(python, path) {
  const place = join(work, 'odder-configurations');
  mkdirSync(join(place, 'folder.conf'), { recursive: true });
  mkdirSync(join(place, 'dir', 'folder.conf'), { recursive: true });
  writeFileSync(join(place, 'plain'), '');
  symlinkSync('nowhere', join(place, 'dangling'));
  symlinkSync('loop', join(place, 'loop'));
  writeFileSync(join(place, 'utf16'), Buffer.from(`\ufeff${fullConfig()}`, 'utf16le'));
  writeFileSync(join(place, 'crlf'), `\ufeff${fullConfig().replaceAll('\n', '\r\n')}`);
  writeFileSync(join(place, 'empty'), '');
  const on = (name, env = {}) =>
    path([python, 'x'], { OTEL_INJECTOR_CONFIG_FILE: join(place, name), ...env });
  check('configurations: a folder, links that lead nowhere, another encoding: left alone', () => {
    for (const name of ['folder.conf', 'dangling', 'loop', 'utf16', 'empty', 'plain/x', 'a\nb'])
      equal(on(name), undefined, name);
  });
  check('configurations: with Windows line ends and a byte order mark', () =>
    equal(on('crlf'), AGENT, 'PYTHONPATH'),
  );
  check('configurations: a drop-in that is a folder stands the library down', () =>
    equal(on('crlf', { OTEL_INJECTOR_CONFIG_DIR: join(place, 'dir') }), undefined, 'PYTHONPATH'),
  );
  check('configurations: a folder of drop-ins that is a file or cannot be had is none', () => {
    for (const name of ['plain', 'plain/x', 'dangling'])
      equal(on('crlf', { OTEL_INJECTOR_CONFIG_DIR: join(place, name) }), AGENT, name);
  });
  check('configurations: a path of 5000 characters', () =>
    equal(on('x'.repeat(5000)), undefined, 'PYTHONPATH'),
  );
}

/** A name alone makes no runtime. */
function namedLikeRuntimes() {
  const shell = which('bash');
  const probe = compileC('pie', 'probe.c', ['-pie', '-fPIE']);
  const env = withConfig(fullConfig());
  for (const name of ['node', 'java', 'python3', 'ruby', 'dotnet']) {
    const programs = [[copyProgram(probe, `named/${name}-c`, name), 'noexec']];
    if (shell) programs.push([copyProgram(shell, `named/${name}-sh`, name), '-c', 'env; exit 7']);
    check(`names: programs that are only called ${name} are as without`, () => {
      for (const command of programs) assertSame(command, { env });
      if (which('strace')) equal(extraCalls(programs[0], { env }), '', 'system calls');
    });
  }
}

/** Ways to be started. */
function starts(launch, python, path) {
  check('starts: from a vfork child', () =>
    equal(path([launch, 'vfork', '--', python, 'x']), AGENT, 'PYTHONPATH'),
  );
  check('starts: with an empty argument list', () =>
    equal(run([launch, 'noargs', '--', python], { preload: library }).stderr, '', 'stderr'),
  );
  check('starts: by a script with env -S', () => {
    const script = join(work, 'with-env-s');
    writeFileSync(script, `#!/usr/bin/env -S ${python} -u\n`);
    chmodSync(script, 0o755);
    equal(path([script, 'x']), AGENT, 'PYTHONPATH');
  });
  const busybox = which('busybox');
  if (busybox) {
    check('starts: by a static shell, which hands on what it cannot see', () => {
      equal(path([busybox, 'sh', '-c', '"$@"; exit $?', 'sh', python, 'x']), AGENT, 'PYTHONPATH');
    });
  }
  const python3 = which('python3');
  if (python3 && busybox) {
    check('starts: what a static child inherits, its dynamic child gets without', () => {
      const inner = `import subprocess; subprocess.run([${JSON.stringify(busybox)}, "sh", "-c", "/usr/bin/env; exit 0"])`;
      const env = withConfig(fullConfig());
      const r = run(['/usr/bin/python3', '-c', inner], { env, preload: library });
      equal(variables(r.stdout).PYTHONPATH, undefined, 'PYTHONPATH');
      equal(variables(r.stdout).OTEL_INJECTOR_APPLIED, undefined, 'record');
    });
  }
  realCommandLines();
  check('starts: in a user namespace, on read-only file systems', () => {
    const inside = 'mount -o remount,ro,bind /tmp 2>/dev/null; exec "$@"';
    const command = ['unshare', '-Urm', 'sh', '-c', inside, 'sh', python, 'x'];
    if (run(command).status !== 7) return 'no user namespaces here';
    equal(path(command), AGENT, 'PYTHONPATH');
    return undefined;
  });
}

function realCommandLines() {
  const env = withConfig(fullConfig());
  const java = which('java');
  if (java) {
    const classes = join(work, 'agents', 'jvm');
    const file = join(work, 'java-arguments');
    writeFileSync(file, `-cp ${classes}\nShow\n`);
    for (const [what, command] of [
      [
        'options before the class',
        ['-Xmx64m', '-Dx=-version', '-ea', '-cp', classes, 'Show', '-version'],
      ],
      ['a file of arguments', [`@${file}`]],
    ]) {
      check(`command lines: java with ${what}`, () => {
        const own = '-Dq="a b" -Dr=\'"\'';
        const options = { ...env, JAVA_TOOL_OPTIONS: own };
        const r = run([java, ...command], { env: options, preload: library });
        equal(r.stdout.match(/^agent (.*)$/m)?.[1], '1', `agent (${r.stderr.slice(0, 300)})`);
        const value = `${own} -javaagent:${agentPaths.jvm}`;
        equal(variables(r.stdout).JAVA_TOOL_OPTIONS, value, 'JAVA_TOOL_OPTIONS');
      });
    }
  }
  const node = which('node');
  if (!node) return;
  check('command lines: node with modules of its own, before and in NODE_OPTIONS', () => {
    const place = join(work, 'own modules');
    mkdirSync(place, { recursive: true });
    for (const name of ['a', 'b', 'c'])
      writeFileSync(join(place, `${name}.js`), `(globalThis.seen ??= []).push("${name}");`);
    const own = `--require "${join(place, 'c.js')}" --no-warnings`;
    const show = 'console.log(seen.join() + testAgent); console.log(process.env.NODE_OPTIONS)';
    const command = [
      node,
      '-r',
      join(place, 'a.js'),
      `--require=${join(place, 'b.js')}`,
      '-e',
      show,
    ];
    const r = run(command, { env: { ...env, NODE_OPTIONS: own }, preload: library });
    equal(r.stdout, `c,a,b1\n--require ${agentPaths.nodejs} ${own}\n`, `modules (${r.stderr})`);
  });
  check('command lines: node in threads and forked has its agent once', () => {
    const file = join(work, 'threads.js');
    writeFileSync(
      file,
      `const w = require('worker_threads'), c = require('child_process');
if (process.argv[2]) process.send(globalThis.testAgent);
else if (!w.isMainThread) w.parentPort.postMessage(globalThis.testAgent);
else new w.Worker(__filename).on('message', (a) => c.fork(__filename, ['x']).on('message', (b) => console.log(testAgent, a, b)));`,
    );
    equal(run([node, file], { env, preload: library }).stdout, '1 1 1\n', 'agents');
    equal(run([node, '-e', shows.nodejs], { env, preload: library }).stderr, '', 'stderr');
  });
}

/** Libraries that others preload, in front and behind. */
function otherPreloads(path, python) {
  const source = join(work, 'other.c');
  writeFileSync(
    source,
    'int seen; __attribute__((constructor)) static void start(void) { seen = 1; }\n',
  );
  const others = [
    ['a constructor of another', join(work, 'libother.so'), ['-shared', '-fPIC', source]],
  ];
  for (const [what, so, args] of others) {
    if (run(['gcc', ...args, '-o', so]).status !== 0) continue;
    check(`preloads: ${what}, in front and behind`, () => {
      for (const list of [`${so}:${library}`, `${library} ${so}`])
        equal(path(['env', `LD_PRELOAD=${list}`, python, 'x']), AGENT, list);
    });
  }
  const asan = run(['gcc', '-print-file-name=libasan.so']).stdout.trim();
  const sanitized = compileC('sanitized', 'probe.c', ['-fsanitize=address']);
  if (!sanitized || !asan.startsWith('/'))
    return skip('preloads: a sanitizer', 'none here, install with: apt-get install libasan8');
  check('preloads: a sanitized program runs where its runtime is first', () => {
    const start = (so) =>
      run(['env', `LD_PRELOAD=${asan}:${so}`, 'ASAN_OPTIONS=detect_leaks=0', sanitized, 'noexec']);
    const plain = start(emptyLibrary);
    const r = start(library);
    equal(`${r.status} ${r.stderr}`, `${plain.status} ${plain.stderr}`, 'result');
  });
}
