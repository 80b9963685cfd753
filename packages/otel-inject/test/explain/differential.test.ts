// SPDX-License-Identifier: Apache-2.0
// The prediction against the library itself: the same program, arguments, variables and
// configuration, and the environment entry by entry.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  configOf,
  library,
  makeWorld,
  predicted,
  realEnvironment,
  type World,
  whyNoLibrary,
} from './standIns.ts';

/** Words of command lines that decide something somewhere. */
const ARGUMENTS = [
  '-v',
  '--version',
  '-e',
  '--',
  '-',
  '-r',
  '--require',
  '/x.js',
  '/srv/shop/dist/index.js',
  '/usr/bin/npm',
  'app.py',
  '-m',
  'pip',
  '-I',
  '-S',
  '-c',
  '-mflask',
  '-W',
  '-jar',
  '/srv/a.jar',
  'com.acme.Main',
  '-cp',
  'x',
  '-Xshare:dump',
  '--disable-gems',
  '/usr/bin/bundle',
  'exec',
  'puma',
  '--permission',
  'orders.wsgi:app',
  'a:b.c',
  '/usr/bin/gunicorn',
  'org.gradle.Main',
  '@f',
  'é',
  '--module',
  'm/a.B',
  '-version',
  '-X',
  '-um',
  'worker',
  './server.js',
  '--import=/y.mjs',
  '',
] as const;

const PATTERNS = ['*', '/*', '*/node', '*.js', '/nowhere/*', '?', '-*', 'é', '??', '*a*b*', ' , '];

describe('explain predicts what the library does', function () {
  this.timeout(240_000);
  let world: World;
  before(function () {
    const why = whyNoLibrary();
    const made = why === undefined ? makeWorld() : undefined;
    if (made === undefined) {
      console.log(`skip: ${why ?? 'no C compiler, install with: apt-get install gcc'}`);
      this.skip();
    }
    world = made;
  });
  after(() => world && rmSync(world.folder, { recursive: true }));

  function agree(command: readonly string[], env: Record<string, string>, note = ''): string[] {
    const all = { LD_PRELOAD: library, ...env };
    const real = realEnvironment(command, all);
    const { environment } = predicted(command, all);
    assert.deepEqual(environment, real, `${command.join(' ')} ${JSON.stringify(env)} ${note}`);
    return real;
  }

  function configure(lines: readonly string[], name = 'injector.conf'): Record<string, string> {
    const path = join(world.folder, name);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return { OTEL_INJECTOR_CONFIG_FILE: path, OTEL_INJECTOR_CONFIG_DIR: '/nowhere' };
  }

  it('for every runtime with default, disabled, excluded and custom configurations', () => {
    const base = configOf(world);
    const variants: Record<string, readonly string[]> = {
      default: base,
      none: [],
      disabled: [...base, 'auto_instrumentation_disabled=python, JVM,nodejs'],
      all: [...base, "auto_instrumentation_disabled='*'"],
      excluded: [...base, 'exclude_paths=/nothing, */node,*/java'],
      included: [...base, 'include_with_arguments=*.js', 'include_paths=*'],
      newer: [
        ...base,
        'nodejs_auto_instrumentation_minimum_nodejs_major_version=24',
        'jvm_auto_instrumentation_minimum_java_major_version=11',
        'python_auto_instrumentation_minimum_python_version=3.12',
        'ruby_auto_instrumentation_minimum_ruby_version=3.2',
      ],
      damaged: [...base, 'exclude_paths="/x'],
      unnamed: [...base, 'service_name_detection=no', 'builtin_deny_list=0'],
    };
    const commands = [
      ...Object.values(world.programs).map((path) => [path]),
      [world.programs['node']!, '/srv/shop/app.js', '-v'],
      [world.programs['node']!, '/usr/bin/npm'],
      [world.programs['python3']!, '-m', 'gunicorn', 'orders.wsgi:app'],
      [world.programs['java']!, '-cp', 'x', 'com.acme.Main'],
      [world.programs['dotnet']!, join(world.folder, 'a/app.dll')],
      [world.programs['dotnet']!, 'exec', join(world.folder, 'old/app.dll')],
      [world.programs['dotnet']!, 'build'],
    ];
    let injections = 0;
    for (const [name, lines] of Object.entries(variants)) {
      const config = configure(lines);
      for (const command of commands) {
        const env = { ...config, NODE_OPTIONS: '--inspect', PWD: '/srv/shop', RUBYOPT: '-w' };
        const after = agree(command, env, name);
        if (after.some((entry) => entry.startsWith('OTEL_INJECTOR_APPLIED='))) injections++;
      }
    }
    // Else nothing was compared but environments that nobody touched.
    assert.ok(injections > 20, `only ${injections} injections`);
  });

  it('for a child that inherits from an injected parent', () => {
    const config = configure([...configOf(world), 'exclude_paths=*/python3']);
    const start = { ...config, OTEL_INJECTOR_SERVICE_NAME: 'first', PYTHONPATH: '/x' };
    for (const first of ['node', 'java', 'ruby', 'python3']) {
      const parent = agree([world.programs[first]!, 'app.js'], start);
      const inherited = Object.fromEntries(
        parent.map((entry) => [
          entry.slice(0, entry.indexOf('=')),
          entry.slice(entry.indexOf('=') + 1),
        ]),
      );
      for (const second of ['plain', 'node', 'python3', 'ruby', 'electron']) {
        agree([world.programs[second]!, 'x'], inherited);
        agree([world.programs[second]!], { ...inherited, OTEL_INJECTOR_DISABLED: '1' });
        const own = { NODE_OPTIONS: `${inherited['NODE_OPTIONS'] ?? ''} --title=x` };
        agree([world.programs[second]!, 'y'], { ...inherited, ...own });
      }
    }
  });

  it('for the default environment of all agents', () => {
    const file = join(world.folder, 'default_env.conf');
    writeFileSync(
      file,
      'OTEL_EXPORTER_OTLP_ENDPOINT="http://c:4317"\nOTEL_A=1 # x\nPATH=/x\nOTEL_é=1\nOTEL_BAD="\n',
    );
    const config = configure([
      ...configOf(world),
      `all_auto_instrumentation_agents_env_path=${file}`,
    ]);
    const after = agree([world.programs['node']!, 'x.js'], { ...config, OTEL_A: 'mine' });
    assert.ok(after.includes('OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317'));
    assert.ok(after.includes('OTEL_A=mine'));
  });

  it('for names relative to the working directory, and scripts', () => {
    const config = configure(configOf(world));
    const cwd = join(world.folder, 'a');
    for (const [name, interpreter] of [
      ['start', './node'],
      ['server.js', `${cwd}/node --inspect x`],
      ['index', 'python3'],
    ]) {
      writeFileSync(join(cwd, name!), `#! ${interpreter}\n`, { mode: 0o755 });
    }
    let injected = 0;
    for (const command of ['./node', './apphost', './plain', './start', './server.js', './index']) {
      const env = { LD_PRELOAD: library, ...config, PWD: '/home/ann/shop/app' };
      const real = realEnvironment([command, 'x'], env, cwd);
      assert.deepEqual(predicted([command, 'x'], env, cwd).environment, real, command);
      if (real.some((entry) => entry.startsWith('OTEL_INJECTOR_APPLIED='))) injected++;
    }
    assert.equal(injected, 5);
  });

  it('for random command lines, variables and configurations', () => {
    const programs = fc.constantFrom(...Object.keys(world.programs));
    const agent = fc.constantFrom(
      ...Object.values(world.agents),
      '/missing',
      '',
      'é',
      '/a=b',
      '/a b:c',
    );
    const pattern = fc
      .array(fc.constantFrom(...PATTERNS), { maxLength: 3 })
      .map((p) => p.join(','));
    const line = fc.oneof(
      fc
        .tuple(
          fc.constantFrom(
            'include_paths',
            'exclude_paths',
            'include_with_arguments',
            'exclude_with_arguments',
          ),
          pattern,
        )
        .map(([key, value]) => `${key}=${value}`),
      agent.map((path) => `nodejs_auto_instrumentation_agent_path="${path}"`),
      agent.map((path) => `jvm_auto_instrumentation_agent_path='${path}'`),
      agent.map((path) => `python_auto_instrumentation_agent_path_prefix=${path}//`),
      fc.constantFrom(
        'auto_instrumentation_disabled= ruby ,jvm',
        'builtin_deny_list=f',
        "exclude_paths='",
        '# x',
        'service_name_detection = No',
        'nodejs_auto_instrumentation_minimum_nodejs_major_version=21.x',
      ),
    );
    const variable = fc.oneof(
      fc.tuple(
        fc.constantFrom(
          'NODE_OPTIONS',
          'JAVA_TOOL_OPTIONS',
          'PYTHONPATH',
          'RUBYOPT',
          '_JAVA_OPTIONS',
        ),
        fc
          .array(
            fc.oneof(
              fc.constantFrom(
                '--require',
                '-r',
                ' ',
                ':',
                '"',
                "'",
                '\\',
                '-w',
                '--permission',
                '-javaagent:',
                '=',
                '/otel-auto-instrumentation',
              ),
              agent,
            ),
            { maxLength: 4 },
          )
          .map((p) => p.join('')),
      ),
      fc.tuple(
        fc.constantFrom(
          'OTEL_RESOURCE_ATTRIBUTES',
          'OTEL_INJECTOR_RESOURCE_ATTRIBUTES',
          'OTEL_INJECTOR_SERVICE_NAME',
          'OTEL_INJECTOR_K8S_POD_UID',
          'OTEL_SERVICE_NAME',
          'OTEL_INJECTOR_SERVICE_VERSION',
        ),
        fc
          .array(fc.constantFrom('a=1', ',', ' ', 'service.name=x', 'é', '%', '=', 'b', '"', ';'), {
            maxLength: 5,
          })
          .map((p) => p.join('')),
      ),
      fc.tuple(
        fc.constantFrom(
          'OTEL_INJECTOR_DISABLED',
          'OTEL_INJECTOR_EXCLUDE_PATHS',
          'OTEL_INJECTOR_AUTO_INSTRUMENTATION_DISABLED',
          'PWD',
          'CORECLR_PROFILER',
          'OTEL_RUBY_ADDITIONAL_GEM_PATH',
          'OTEL_INJECTOR_BUILTIN_DENY_LIST',
        ),
        fc.constantFrom('1', 'true', 'off', '*', '/home/ann/shop', '', 'ruby'),
      ),
      fc.tuple(
        fc.constant('OTEL_INJECTOR_APPLIED'),
        fc
          .array(
            fc.constantFrom(
              '1;',
              'peNODE_OPTIONS:',
              'anPYTHONPATH:',
              '2:',
              '-r',
              '-w',
              ';',
              'snPWD:16:',
              '1:',
            ),
            { maxLength: 6 },
          )
          .map((p) => p.join('')),
      ),
    );
    let injected = 0;
    fc.assert(
      fc.property(
        programs,
        fc.array(fc.constantFrom(...ARGUMENTS), { maxLength: 5 }),
        fc.array(line, { maxLength: 4 }),
        fc.array(variable, { maxLength: 5 }),
        (program, args, lines, variables) => {
          const config = configure([...configOf(world), ...lines], 'random.conf');
          const env = { ...config, ...Object.fromEntries(variables) };
          const after = agree([world.programs[program]!, ...args], env, lines.join(' | '));
          if (after.some((entry) => entry.startsWith('OTEL_INJECTOR_APPLIED=1;'))) injected++;
        },
      ),
      { numRuns: Number(process.env['OTELKIT_FUZZ_RUNS'] ?? 600) },
    );
    assert.ok(injected > 30, `only ${injected} injections`);
  });
});
