// SPDX-License-Identifier: Apache-2.0
// The prediction for real programs, against what they see under the library.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { otelInject } from '../config/tool.ts';
import { library, predicted, whyNoLibrary } from './standIns.ts';

const fixtures = resolve(import.meta.dirname, '../../../../native/injector/test/fixtures');
const SHOW_NODE =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a program of its own
  'process.stdout.write(Object.entries(process.env).map(([k, v]) => `${k}=${v}`).join("\\0"))';
const SHOW_PYTHON =
  'import os, sys; sys.stdout.write("\\0".join(k + "=" + v for k, v in os.environ.items()))';
const SHOW_RUBY = 'print ENV.map { |k, v| k + "=" + v }.join("\\0")';

describe('explain on real programs', function () {
  this.timeout(240_000);
  let folder: string;
  const agent = (path: string): string => join(folder, 'agents', path);
  before(function () {
    const why = whyNoLibrary();
    if (why !== undefined) {
      console.log(`skip: ${why}`);
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'otel-inject-real-'));
    for (const path of ['python/glibc', 'ruby/glibc']) mkdirSync(agent(path), { recursive: true });
    writeFileSync(agent('register.js'), '// nothing\n');
    writeFileSync(agent('python/glibc/sitecustomize.py'), '');
    writeFileSync(agent('ruby/glibc/opentelemetry-auto-instrumentation.rb'), '# nothing\n');
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  const programs: readonly (readonly [name: string, path: string, args: () => string[]])[] = [
    ['node', process.execPath, () => ['-e', SHOW_NODE]],
    ['python3', '/usr/bin/python3', () => ['-c', SHOW_PYTHON]],
    ['ruby', '/usr/bin/ruby', () => ['-e', SHOW_RUBY]],
  ];

  function configure(...lines: string[]): Record<string, string> {
    const path = join(folder, 'injector.conf');
    const base = [
      `nodejs_auto_instrumentation_agent_path=${agent('register.js')}`,
      `python_auto_instrumentation_agent_path_prefix=${agent('python')}`,
      `ruby_auto_instrumentation_agent_path_prefix=${agent('ruby')}`,
      `jvm_auto_instrumentation_agent_path=${agent('agent.jar')}`,
    ];
    writeFileSync(path, `${[...base, ...lines].join('\n')}\n`);
    return {
      OTEL_INJECTOR_CONFIG_FILE: path,
      OTEL_INJECTOR_CONFIG_DIR: '/nowhere',
      PATH: '/usr/bin:/bin',
    };
  }

  function compare(command: readonly string[], env: Record<string, string>): string[] {
    const all = { LD_PRELOAD: library, ...env };
    const run = spawnSync(command[0]!, command.slice(1), {
      env: all,
      encoding: 'utf8',
      cwd: '/',
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    assert.equal(run.status, 0, run.stderr);
    const real = run.stdout.split('\0').sort();
    const { environment } = predicted(command, all);
    // The runtimes' own additions are not the library's.
    const own = /^(?:LC_CTYPE|__CF|_JAVA_VERSION)/;
    assert.deepEqual(
      [...environment].sort(),
      real.filter((entry) => !own.test(entry)),
    );
    return real;
  }

  for (const [name, path, args] of programs) {
    it(`${name}: default, custom, disabled and excluded`, function () {
      if (!existsSync(path)) {
        console.log(`skip: no ${path}, install with: apt-get install ${name}`);
        this.skip();
      }
      const command = [path, ...args()];
      const added = compare(command, configure());
      assert.ok(added.some((entry) => entry.startsWith('OTEL_INJECTOR_APPLIED=1;')));
      compare(command, {
        ...configure(),
        OTEL_INJECTOR_SERVICE_NAME: 'shop é',
        NODE_OPTIONS: '--no-warnings',
      });
      for (const line of [
        'auto_instrumentation_disabled=*',
        `exclude_paths=*/${name}*`,
        'include_with_arguments=none',
      ]) {
        const after = compare(command, configure(line));
        assert.ok(!after.some((entry) => entry.startsWith('OTEL_INJECTOR_APPLIED=')), line);
      }
      compare(command, { ...configure(), OTEL_INJECTOR_DISABLED: 'true' });
    });
  }

  it('java: with a jar whose path has a blank', function () {
    const java = '/usr/bin/java';
    const classes = join(folder, 'classes');
    const jar = join(folder, 'agent x.jar');
    const compiled = spawnSync('javac', ['-d', classes, join(fixtures, 'Agent.java')]);
    if (compiled.status !== 0 || !existsSync(java)) {
      console.log('skip: no JDK, install with: apt-get install default-jdk-headless');
      this.skip();
    }
    const show = join(folder, 'Env.java');
    writeFileSync(
      show,
      'class Env { public static void main(String[] a) { StringBuilder b = new StringBuilder();' +
        'System.getenv().forEach((k, v) -> b.append(b.length() == 0 ? "" : "\\0").append(k).append("=").append(v)); System.out.print(b); } }',
    );
    assert.equal(spawnSync('javac', ['-d', classes, show]).status, 0);
    const manifest = join(folder, 'manifest');
    writeFileSync(manifest, 'Premain-Class: Agent\n');
    assert.equal(spawnSync('jar', ['cfm', jar, manifest, '-C', classes, 'Agent.class']).status, 0);
    const line = `jvm_auto_instrumentation_agent_path="${jar}"`;
    const after = compare([java, '-cp', classes, 'Env'], configure(line));
    assert.ok(after.some((entry) => entry.startsWith('JAVA_TOOL_OPTIONS=-javaagent:')));
  });

  it('a script is followed through its interpreter, env and links to the program', () => {
    const script = join(folder, 'show');
    writeFileSync(script, `#!/usr/bin/env -S node --no-warnings\n${SHOW_NODE}\n`);
    chmodSync(script, 0o755);
    symlinkSync('show', join(folder, 'linked'));
    const after = compare(['env', '-u', 'GONE', 'HERE=1', join(folder, 'linked')], {
      ...configure(),
      GONE: '1',
    });
    assert.ok(after.includes('HERE=1'));
    assert.ok(after.some((entry) => entry.startsWith('NODE_OPTIONS=')));
  });

  it('programs of no runtime are left as they are, and a static one is not reached', () => {
    for (const command of [['/usr/bin/true'], ['/bin/bash', '-c', ':']]) {
      const { launch, environment } = predicted(command, { ...configure(), A: '1' });
      assert.equal(launch.programs.at(-1)?.prediction?.verdict, 'untouched');
      assert.ok(environment.includes('A=1'));
    }
    const source = join(folder, 'static.c');
    writeFileSync(source, 'int main(void) { return 0; }');
    const built = spawnSync('cc', ['-static', source, '-o', join(folder, 'static')]);
    if (built.status !== 0) return;
    const { launch } = predicted([join(folder, 'static')], configure());
    assert.equal(launch.programs[0]?.load.verdict, 'no');
    assert.equal(launch.programs[0]?.prediction, undefined);
  });

  it('says on one screen what would change, why, and that the agent cannot be read', () => {
    const env = {
      ...configure(),
      NODE_OPTIONS: '--title=a',
      OTEL_RESOURCE_ATTRIBUTES: 'api_key=sesame1',
    };
    const shown = otelInject(['explain', '--', 'node', '/srv/shop/app.js'], env);
    assert.equal(shown.exitCode, 0, shown.stderr);
    assert.match(shown.stdout, /Node\.js \d+/);
    assert.match(shown.stdout, /NODE_OPTIONS\n +before +--title=a$/m);
    assert.match(shown.stdout, /after +--require \S+register\.js --title=a$/m);
    assert.match(shown.stdout, /service +shop/);
    assert.doesNotMatch(shown.stdout, /sesame1/);
    const missing = otelInject(['explain', '--json', '--', 'node', 'x.js'], {
      ...env,
      NODEJS_AUTO_INSTRUMENTATION_AGENT_PATH: '/nowhere/x.js',
    });
    assert.equal(missing.exitCode, 1);
    const [target] = JSON.parse(missing.stdout).targets;
    assert.equal(target.programs[0].verdict, 'agent_unusable');
    assert.match(target.programs[0].notes.join(), /\/nowhere\/x\.js does not exist/);
  });

  it('names the rule that leaves a command out, and where it stands', () => {
    const env = configure('exclude_paths=*/nothing,*/node');
    const { stdout } = otelInject(['explain', '--json', '--', process.execPath, 'x.js'], env);
    const [program] = JSON.parse(stdout).targets[0].programs;
    assert.equal(program.verdict, 'excluded');
    assert.match(program.notes[0], /\*\/node matches .*injector\.conf:5/);
  });

  it('says where an agent comes from when there is none', () => {
    const empty = { OTEL_INJECTOR_CONFIG_FILE: '/nowhere', OTEL_INJECTOR_CONFIG_DIR: '/nowhere' };
    const { stdout, exitCode } = otelInject(['explain', '--', process.execPath, 'x.js'], empty);
    assert.equal(exitCode, 1);
    assert.match(stdout.replace(/\s+/g, ' '), /`sudo otel-inject agents add` fetches it/);
  });

  it('tells a command that does not exist', () => {
    const { exitCode, stderr } = otelInject(['explain', '--', 'no-such-program'], configure());
    assert.equal(exitCode, 4);
    assert.match(stderr, /no such program on PATH/);
  });
});
