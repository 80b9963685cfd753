// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  execute,
  isThere,
  LIBRARY,
  MAIN,
  makeRoot,
  manifest,
  OWN_ENTRY,
  otelInject,
  PRELOAD,
  put,
  read,
  removeFolders,
  temporaryFolder,
} from '../plan/roots.ts';

const DROP_IN = '/etc/systemd/system/shop.service.d/otel-inject.conf';
const SHOP = '/usr/lib/systemd/system/shop.service';

function install(root: string, ...more: readonly string[]): string {
  const { status, stdout, stderr } = otelInject('install', '--root', root, '--no-probe', ...more);
  assert.equal(status, 0, stderr);
  return stdout + stderr;
}

describe('otel-inject install', () => {
  afterEach(removeFolders);

  it('shows a plan that patch(1) can apply, and changes nothing', () => {
    const root = makeRoot({ [PRELOAD]: '# c\n/a.so' });
    const before = manifest(root);
    const { stdout, status } = otelInject('install', '--root', root, '--dry-run');
    assert.equal(status, 0);
    assert.deepEqual(manifest(root), before);
    const hunk = stdout.slice(stdout.indexOf(`--- a${PRELOAD}`));
    const patched = execute('patch', ['-s', join(root, PRELOAD)], hunk);
    if (patched.status !== null) assert.match(read(root, PRELOAD), OWN_ENTRY);
    const { stdout: json } = otelInject('install', '--root', root, '--dry-run', '--json');
    const { plans } = JSON.parse(json) as { plans: { operations: { kind: string }[] }[] };
    assert.ok(plans[0]!.operations.some(({ kind }) => kind === 'create'));
  });

  it('reports each step in JSON', () => {
    const { stdout } = otelInject('install', '--root', makeRoot(), '--no-probe', '--json');
    const { steps } = JSON.parse(stdout) as { steps: { step: string; status: string }[] };
    assert.deepEqual(
      steps.map(({ step, status }) => `${step} ${status}`),
      ['plan ok', 'stage ok', 'activate ok', 'verify ok'],
    );
  });

  it('names one file for 64-bit and a stub for 32-bit programs, where the loader tells $LIB', function () {
    const root = makeRoot();
    install(root);
    if (!read(root, PRELOAD).includes('$LIB')) {
      console.log('skip: this loader does not tell what $LIB means');
      this.skip();
    }
    const folder = '/usr/lib/opentelemetry/injector/lib';
    const found = execute('find', [join(root, folder), '-name', '*.so'])
      .stdout.trim()
      .split('\n');
    const classes = found.map((path) => readFileSync(path)[4]).sort();
    assert.deepEqual(classes, [1, 2]);
  });

  it('keeps a configuration that is there', () => {
    const config = '/etc/opentelemetry/injector/injector.conf';
    const root = makeRoot({ [config]: 'jvm_auto_instrumentation_agent_path=/mine.jar\n' });
    assert.match(install(root), /is there and stays/);
    assert.equal(read(root, config), 'jvm_auto_instrumentation_agent_path=/mine.jar\n');
  });

  it('switches the other runtimes off with --runtime, and on again without', () => {
    const path = '/etc/opentelemetry/injector/conf.d/10-otel-inject-runtimes.conf';
    const root = makeRoot();
    install(root, '--runtime', 'java', '--runtime', 'node');
    assert.match(read(root, path), /^auto_instrumentation_disabled=python,ruby,dotnet$/m);
    install(root);
    assert.ok(!isThere(root, path));
  });

  it('refuses what is no library of ours, before anything is changed', () => {
    const root = makeRoot();
    const before = manifest(root);
    for (const [file, code] of [
      ['/bin/true', 'LIBRARY_UNSUITABLE'],
      ['/etc/passwd', 'ELF'],
      ['/nonexistent', 'LIBRARY_MISSING'],
    ] as const) {
      const run = otelInject('install', '--root', root, '--library', file, '--json');
      assert.notEqual(run.status, 0);
      assert.match(run.stdout + run.stderr, new RegExp(code), file);
    }
    assert.deepEqual(manifest(root), before);
  });

  it('refuses to replace what it did not put there', () => {
    const root = makeRoot({ [LIBRARY]: 'a package put this here' });
    const before = manifest(root);
    const { status, stderr } = otelInject('install', '--root', root, '--no-probe');
    assert.equal(status, 4);
    assert.match(stderr, /did not put there/);
    assert.deepEqual(manifest(root), before);
  });

  it('refuses a list that is a directory, a FIFO or a link to nothing', () => {
    const makers: ((path: string) => void)[] = [
      (path) => mkdirSync(path),
      (path) => void execute('mkfifo', [path]),
      (path) => symlinkSync('/nowhere', path),
      (path) => symlinkSync('ld.so.preload', path),
    ];
    for (const make of makers) {
      const root = makeRoot();
      make(join(root, PRELOAD));
      const { status, stderr } = otelInject('install', '--root', root, '--no-probe');
      assert.equal(status, 4, stderr);
      assert.ok(!isThere(root, '/var/lib/otelkit'), 'nothing is left behind');
    }
  });

  it('does not leave the root by absolute links in it', () => {
    const outside = temporaryFolder();
    const root = makeRoot();
    mkdirSync(join(root, outside), { recursive: true });
    execute('rm', ['-rf', join(root, 'usr/lib'), join(root, 'var/lib')]);
    symlinkSync(outside, join(root, 'usr/lib'));
    symlinkSync(outside, join(root, 'var/lib'));
    install(root);
    assert.equal(execute('find', [outside, '-mindepth', '1']).stdout, '');
    assert.ok(isThere(root, `${outside}/opentelemetry/injector/libotelinject.so`));
    assert.ok(isThere(root, `${outside}/otelkit/inject/receipt.json`));
  });

  it('goes on to its end when its reader goes away', () => {
    const root = makeRoot();
    const script = '"$@" | true';
    const command = [process.execPath, MAIN, 'install', '--root', root, '--no-probe'];
    execute('sh', ['-c', script, 'sh', ...command]);
    assert.match(read(root, PRELOAD), OWN_ENTRY);
    assert.ok(!isThere(root, '/var/lib/otelkit/inject/journal.json'));
    assert.ok(manifest(root).every((line) => !/otelkit-(new|old)/.test(line)));
  });

  for (const [step, path] of [
    ['stage', '/etc/opentelemetry'],
    ['activate', PRELOAD],
  ] as const) {
    it(`rolls everything back when ${step} fails, and says what is in the way`, function () {
      const root = makeRoot({ [PRELOAD]: '/a.so' });
      mkdirSync(join(root, 'etc/opentelemetry'));
      execute('chattr', ['+i', join(root, path)]);
      const before = manifest(root);
      const run = otelInject('install', '--root', root, '--no-probe', '--json');
      execute('chattr', ['-i', join(root, path)]);
      if (run.status === 0) {
        console.log('skip: this file system knows no immutable files');
        this.skip();
      }
      const { steps, errors } = JSON.parse(run.stdout) as {
        steps: { step: string; status: string }[];
        errors: { message: string; hint: string }[];
      };
      assert.equal(steps.at(-1)?.step, step);
      assert.equal(steps.at(-1)?.status, 'failed');
      assert.match(errors[0]?.message ?? '', /everything is as it was before/);
      assert.match(errors[0]?.hint ?? '', /lsattr/);
      assert.deepEqual(manifest(root), before);
    });
  }
});

describe('otel-inject install --mode systemd', () => {
  afterEach(removeFolders);

  it('keeps an LD_PRELOAD that the unit has, in front of ours', () => {
    const root = makeRoot({
      [SHOP]: '[Service]\nEnvironment="A=b c" \\\n  "LD_PRELOAD=/opt/x.so"\nExecStart=/bin/true\n',
      '/etc/systemd/system/shop.service.d/z.conf': '[Service]\nEnvironment=LD_PRELOAD=/opt/z.so\n',
    });
    assert.match(install(root, '--mode', 'systemd', '--unit', 'shop'), /z\.conf sets LD_PRELOAD/);
    assert.match(read(root, DROP_IN), /^Environment="LD_PRELOAD=\/opt\/z\.so:\/usr\/lib\/\S+"$/m);
    assert.ok(!isThere(root, PRELOAD));
  });

  it('sets the default of all services otherwise', () => {
    const root = makeRoot({
      '/etc/systemd/system.conf': '[Manager]\n#DefaultEnvironment=LD_PRELOAD=/no.so\n',
    });
    install(root, '--mode', 'systemd');
    assert.match(
      read(root, '/etc/systemd/system.conf.d/otel-inject.conf'),
      /^\[Manager\]\nDefaultEnvironment="LD_PRELOAD=\/usr\/lib\/opentelemetry\/injector\/\S+"$/m,
    );
  });

  it('writes what systemd itself reads without a complaint', function () {
    if (execute('systemd-analyze', ['--version']).status !== 0) {
      console.log('skip: there is no systemd-analyze, install with: apt install systemd');
      this.skip();
    }
    const root = makeRoot({ [SHOP]: '[Service]\nExecStart=/bin/true\n' });
    install(root, '--mode', 'systemd', '--unit', 'shop.service');
    const { stdout, stderr } = execute('systemd-analyze', [
      `--root=${root}`,
      'cat-config',
      DROP_IN,
    ]);
    assert.match(stdout + stderr, /LD_PRELOAD|otel-inject/);
  });

  it('refuses units that do not exist, and names that are none', () => {
    const root = makeRoot();
    for (const unit of ['shop', '../../etc/passwd', 'a b']) {
      const run = otelInject('install', '--root', root, '--mode', 'systemd', '--unit', unit);
      assert.notEqual(run.status, 0);
    }
    assert.ok(!isThere(root, '/etc/systemd'));
  });
});

describe('otel-inject install for accounts and containers', () => {
  afterEach(removeFolders);

  it('writes variables that the generator of environment.d understands', function () {
    const generator =
      '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator';
    const root = makeRoot();
    install(root, '--mode', 'user');
    const written = read(root, '/etc/environment.d/90-otel-inject.conf');
    const home = temporaryFolder();
    put(home, '.config/environment.d/90-otel-inject.conf', written);
    const run = (preload: string): string =>
      execute('env', [
        '-i',
        `HOME=${home}`,
        `XDG_CONFIG_HOME=${home}/.config`,
        ...(preload === '' ? [] : [`LD_PRELOAD=${preload}`]),
        generator,
      ]).stdout;
    if (run('') === '') {
      console.log('skip: no generator for environment.d, install with: apt install systemd');
      this.skip();
    }
    const value = /LD_PRELOAD="?([^"\n]*)/.exec(run(''))?.[1]?.replaceAll('\\$', '$');
    assert.match(value ?? '', OWN_ENTRY);
  });

  it('gives login shells a script that adds itself once', () => {
    const root = makeRoot();
    install(root, '--mode', 'session');
    const script = join(root, 'etc/profile.d/otel-inject.sh');
    const shell = `. ${script}; . ${script}; echo "$LD_PRELOAD"`;
    // The library does not exist on this machine: only a builtin may run after that.
    const once = execute('sh', ['-c', shell]).stdout.trim();
    assert.match(once, OWN_ENTRY);
    assert.equal(once.match(/libotelinject/g)?.length, 1);
    const more = execute('sh', ['-c', `LD_PRELOAD=/a.so; ${shell}`]).stdout.trim();
    assert.match(more, /^\/a\.so:\/usr\/lib/);
  });

  it('prints YAML for a Pod and a Compose service, and changes nothing', () => {
    const pod = parse(otelInject('install', '--mode', 'container', '--runtime', 'java').stdout) as {
      spec: { containers: { env: { name: string; value?: string }[] }[]; volumes: object[] };
    };
    const env = pod.spec.containers[0]!.env;
    assert.equal(env.find(({ name }) => name === 'LD_PRELOAD')?.value, LIBRARY);
    assert.match(env.find(({ name }) => /DISABLED/.test(name))?.value ?? '', /nodejs/);
    assert.equal(pod.spec.volumes.length, 2);
    const compose = parse(
      otelInject('install', '--mode', 'container', '--format', 'compose').stdout,
    ) as { services: { app: { environment: Record<string, string> } } };
    assert.equal(compose.services.app.environment['LD_PRELOAD'], LIBRARY);
  });

  it('is undone byte for byte in each mode', () => {
    for (const mode of ['systemd', 'user', 'session', 'files', 'ld-preload']) {
      const root = makeRoot({ [PRELOAD]: '/a.so' });
      const before = manifest(root);
      install(root, '--mode', mode);
      writeFileSync(join(root, 'etc/unrelated'), '');
      execute('rm', [join(root, 'etc/unrelated')]);
      assert.equal(otelInject('uninstall', '--root', root).status, 0);
      assert.deepEqual(manifest(root), before, mode);
    }
  });

  it('works for an ordinary user, below their home alone, and leaves it as it was', function () {
    const home = temporaryFolder();
    put(home, '.profile', '# mine');
    const asNobody = (...args: readonly string[]): ReturnType<typeof execute> => {
      const drop = ['--reuid=65534', '--regid=65534', '--clear-groups', 'env', `HOME=${home}`];
      return execute('setpriv', [...drop, process.execPath, MAIN, ...args]);
    };
    execute('chown', ['-R', '65534:65534', home]);
    const before = manifest(home);
    if (process.getuid?.() !== 0 || asNobody('--version').status !== 0) {
      console.log('skip: needs root, setpriv, and a checkout that everybody can read');
      this.skip();
    }
    const refused = asNobody('install');
    assert.equal(refused.status, 4);
    assert.match(refused.stderr, /needs root/);
    for (const mode of ['user', 'session']) {
      const { status, stderr } = asNobody('install', '--mode', mode, '--no-probe');
      assert.equal(status, 0, stderr);
    }
    const shell = `. "$HOME/.profile"; . "$HOME/.profile"; echo "$LD_PRELOAD"`;
    const { stdout } = execute('env', [`HOME=${home}`, 'sh', '-c', shell]);
    assert.equal(stdout.trim(), `${home}/.local/lib/opentelemetry/injector/libotelinject.so`);
    assert.equal(asNobody('uninstall').status, 0);
    assert.deepEqual(manifest(home), before);
  });

  it('leaves no directory behind that its state needed', () => {
    const root = makeRoot();
    execute('rm', ['-r', join(root, 'var')]);
    const before = manifest(root);
    otelInject('install', '--root', root, '--library', '/bin/true');
    assert.deepEqual(manifest(root), before, 'after a failure');
    install(root);
    install(root, '--mode', 'session');
    assert.equal(otelInject('uninstall', '--root', root).status, 0);
    assert.deepEqual(manifest(root), before, 'after uninstall');
  });
});
