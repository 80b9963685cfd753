// SPDX-License-Identifier: Apache-2.0
// Runtimes and versions that are not here: programs that export the same symbols under the same names.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assert, atMostEightCalls, check, equal, injected, skip } from './harness.mjs';
import { agentPaths, fullConfig, standIn, withConfig } from './programs.mjs';

export function standInTests() {
  versions();
  dotnet();
}

function versions() {
  const config = withConfig(fullConfig());
  const cases = [
    ['node16', 'node', ['-DAS_NODE', '-DV8_MAJOR=9', '-DV8_MINOR=4'], 'NODE_OPTIONS', false],
    ['node18', 'node', ['-DAS_NODE', '-DV8_MAJOR=10', '-DV8_MINOR=2'], 'NODE_OPTIONS', true],
    ['node24', 'nodejs', ['-DAS_NODE', '-DV8_MAJOR=13', '-DV8_MINOR=6'], 'NODE_OPTIONS', true],
    ['electron', 'slack', ['-DAS_NODE', '-DV8_MAJOR=13', '-DV8_MINOR=6'], 'NODE_OPTIONS', false],
    ['python3.8', 'python3', ['-DAS_PYTHON', '-DPY_FUNCTION=Py_BytesMain'], 'PYTHONPATH', false],
    [
      'python3.9',
      'python3',
      ['-DAS_PYTHON', '-DPY_FUNCTION=PyObject_CallNoArgs'],
      'PYTHONPATH',
      true,
    ],
    ['python3.10', 'python3', ['-DAS_PYTHON', '-DPY_FUNCTION=Py_NewRef'], 'PYTHONPATH', true],
    ['python3.12', 'python3.12', ['-DAS_PYTHON', '-DPY_VERSION=0x030c01f0'], 'PYTHONPATH', true],
    [
      'python3.8 by number',
      'python3',
      ['-DAS_PYTHON', '-DPY_VERSION=0x030801f0'],
      'PYTHONPATH',
      false,
    ],
    ['gdb', 'gdb', ['-DAS_PYTHON', '-DPY_VERSION=0x030c01f0'], 'PYTHONPATH', false],
    ['ruby2.7', 'ruby', ['-DAS_RUBY="2.7.0"'], 'RUBYOPT', false],
    ['ruby3.3', 'ruby3.3', ['-DAS_RUBY="3.3.1"'], 'RUBYOPT', true],
    ['vim', 'vim', ['-DAS_RUBY="3.3.1"'], 'RUBYOPT', false],
    ['jdk8', 'java', ['-DAS_JAVA'], 'JAVA_TOOL_OPTIONS', true],
    ['javac', 'javac', ['-DAS_JAVA'], 'JAVA_TOOL_OPTIONS', false],
    ['keytool', 'keytool', ['-DAS_JAVA'], 'JAVA_TOOL_OPTIONS', false],
  ];
  for (const libc of ['glibc', 'musl']) {
    const compiler = libc === 'musl' ? ['musl-gcc'] : ['gcc'];
    for (const [folder, name, flags, variable, wanted] of cases) {
      const program = standIn(`${libc}-${folder.replaceAll(' ', '-')}`, name, flags, compiler);
      if (!program)
        return skip(
          `stand-ins under ${libc}`,
          'no compiler for it, install with: apt-get install gcc musl-tools',
        );
      check(`stand-in ${folder} under ${libc}: ${wanted ? 'injected' : 'left alone'}`, () => {
        const r = injected([program, 'x'], config);
        equal(r.status, 7, 'status');
        equal(r.env[variable] !== undefined, wanted, variable);
        if (/PYTHON|RUBY/.test(variable) && wanted)
          assert(r.env[variable].includes(`/${libc}`), r.env[variable]);
      });
      if (wanted)
        atMostEightCalls(`stand-in ${folder} under ${libc}`, [program, 'x'], {
          env: { ...config, QUIET: '1' },
        });
    }
  }
}

function dotnet() {
  const host = standIn('dotnet', 'dotnet', []);
  const app = standIn('apphost', 'shop', ['-DAS_APPHOST=0']);
  const bundle = standIn('apphost', 'bundle', ['-DAS_APPHOST=1']);
  if (!host || !app || !bundle) return skip('dotnet', 'no compiler');
  const folder = dirname(app);
  const config = withConfig(fullConfig());
  const tfm = (stem, version) =>
    writeFileSync(
      join(folder, `${stem}.runtimeconfig.json`),
      `{"runtimeOptions": {"tfm": "net${version}"}}`,
    );
  tfm('shop', '8.0');
  tfm('bundle', '8.0');
  tfm('old', '6.0');
  const on = (command, env = {}) => injected(command, { ...config, ...env }).env;
  check('dotnet (stand-in): an apphost and `dotnet app.dll`', () => {
    for (const command of [
      [app],
      [host, join(folder, 'shop.dll')],
      [host, 'exec', '--fx-version', '8.0.1', join(folder, 'shop.dll')],
    ]) {
      const env = on(command);
      equal(env.CORECLR_PROFILER, '{918728DD-259F-4A6A-AC2B-B85E1B658318}', 'CORECLR_PROFILER');
      equal(
        env.CORECLR_PROFILER_PATH,
        `${agentPaths.dotnet}/glibc/linux-x64/OpenTelemetry.AutoInstrumentation.Native.so`,
        'path',
      );
      equal(env.DOTNET_SHARED_STORE, `${agentPaths.dotnet}/glibc/store`, 'store');
      equal(env.OTEL_DOTNET_AUTO_HOME, `${agentPaths.dotnet}/glibc`, 'home');
    }
  });
  check('dotnet (stand-in): left alone', () => {
    for (const command of [[host, 'build'], [host], [host, join(folder, 'old.dll')], [bundle]]) {
      equal(on(command).CORECLR_PROFILER, undefined, command.join(' '));
    }
    equal(on([app], { CORECLR_PROFILER: 'x' }).CORECLR_ENABLE_PROFILING, undefined, 'own profiler');
    writeFileSync(join(folder, 'shop.deps.json'), '{"libraries":{"OpenTelemetry.Api/1.9.0":{}}}');
    assert(on([app]).CORECLR_PROFILER, 'OpenTelemetry.Api alone');
    writeFileSync(
      join(folder, 'shop.deps.json'),
      '{"libraries":{"OpenTelemetry.AutoInstrumentation/1.9.0":{}}}',
    );
    equal(on([app]).CORECLR_PROFILER, undefined, 'auto-instrumentation of its own');
  });
}
