// SPDX-License-Identifier: Apache-2.0
// Each runtime gets its own agent, once, and nothing that concerns another.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  assert,
  atMostEightCalls,
  check,
  equal,
  injected,
  library,
  run,
  skip,
  variables,
  which,
  work,
} from './harness.mjs';
import {
  agentPaths,
  agents,
  configurations,
  copyProgram,
  fullConfig,
  shows,
  withConfig,
} from './programs.mjs';

const node = which('node');
const python = '/usr/bin/python3';
const ruby = which('ruby');
const java = which('java');
const names = [
  'NODE_OPTIONS',
  'JAVA_TOOL_OPTIONS',
  'PYTHONPATH',
  'RUBYOPT',
  'CORECLR_ENABLE_PROFILING',
  'DOTNET_STARTUP_HOOKS',
];

const { nodejs: showNode, python: showPython, ruby: showRuby } = shows;

const commands = {
  nodejs: node && [node, '-e', showNode],
  python: which('python3') && [python, '-c', showPython],
  ruby: ruby && [ruby, '-e', showRuby],
  jvm: java && [java, '-Xshare:auto', '-cp', join(agents, 'jvm'), 'Show'],
};
const expected = {
  nodejs: ['NODE_OPTIONS', `--require ${agentPaths.nodejs}`],
  python: ['PYTHONPATH', `${agentPaths.python}/glibc`],
  ruby: ['RUBYOPT', `-r ${agentPaths.ruby}/glibc/opentelemetry-auto-instrumentation.rb`],
  jvm: ['JAVA_TOOL_OPTIONS', `-javaagent:${agentPaths.jvm}`],
};

export function runtimeTests() {
  for (const [runtime, command] of Object.entries(commands)) {
    if (!command)
      skip(
        `runtime ${runtime}`,
        `not here, install with: apt-get install nodejs python3 ruby default-jdk-headless`,
      );
    else realRuntime(runtime, command);
  }
  valuesKept();
  attributes();
  standDown();
}

function realRuntime(runtime, command) {
  const config = withConfig(fullConfig());
  const [variable, value] = expected[runtime];
  check(`runtime ${runtime}: its agent runs once and only its variable is set`, () => {
    const r = injected(command, config);
    equal(r.agent, '1', `agent (${r.stderr.slice(0, 300)})`);
    equal(r.env[variable], value, variable);
    for (const n of names) if (n !== variable) assert(r.env[n] === undefined, `${n}=${r.env[n]}`);
  });
  // Up to the first thread; Python and Ruby have none, so the stand-ins count theirs below.
  if (runtime === 'nodejs' || runtime === 'jvm')
    atMostEightCalls(`runtime ${runtime}`, command, { env: config, toFirstThread: true });
  check(`runtime ${runtime}: none without a configuration`, () => {
    const r = injected(command, { OTEL_INJECTOR_CONFIG_FILE: join(work, 'nowhere') });
    assert(r.agent !== '1' && r.env[variable] === undefined, variable);
  });
  check(`runtime ${runtime}: none with an unreadable configuration`, () => {
    const [, options] = configurations().find(([name]) => name === 'unreadable');
    const r = run(command, { ...options, preload: library });
    assert(!/^agent 1$/m.test(r.stdout), r.stdout);
    equal(variables(r.stdout)[variable], undefined, variable);
    equal(r.stderr, '', 'stderr');
  });
  for (const [what, env] of [
    ['OTEL_INJECTOR_DISABLED', { OTEL_INJECTOR_DISABLED: 'true' }],
    ['disabled by name', { OTEL_INJECTOR_AUTO_INSTRUMENTATION_DISABLED: `x, ${runtime}` }],
    ['disabled by *', { OTEL_INJECTOR_AUTO_INSTRUMENTATION_DISABLED: '*' }],
    ['excluded by path', { OTEL_INJECTOR_EXCLUDE_PATHS: '/nothing,/*' }],
    ['not included', { OTEL_INJECTOR_INCLUDE_PATHS: '/nowhere/*' }],
    ['excluded by argument', { OTEL_INJECTOR_EXCLUDE_WITH_ARGUMENTS: '-*' }],
    ['not included by argument', { OTEL_INJECTOR_INCLUDE_WITH_ARGUMENTS: 'nothing' }],
  ]) {
    check(`runtime ${runtime}: ${what}`, () => {
      const r = injected(command, { ...config, ...env });
      assert(r.agent !== '1' && r.env[variable] === undefined, `${variable}=${r.env[variable]}`);
    });
  }
}

function valuesKept() {
  const config = withConfig(fullConfig());
  if (node) {
    check("values: NODE_OPTIONS keeps the user's behind the agent", () => {
      const r = injected(commands.nodejs, { ...config, NODE_OPTIONS: '--max-old-space-size=100' });
      equal(
        r.env.NODE_OPTIONS,
        `--require ${agentPaths.nodejs} --max-old-space-size=100`,
        'NODE_OPTIONS',
      );
    });
    check('values: an agent that is there already is not added twice', () => {
      const there = `--require ${agentPaths.nodejs}`;
      equal(
        injected(commands.nodejs, { ...config, NODE_OPTIONS: there }).env.NODE_OPTIONS,
        there,
        'NODE_OPTIONS',
      );
    });
    check("values: a path that only begins like the agent's does not count", () => {
      writeFileSync(`${agentPaths.nodejs}.bak`, '');
      const r = injected(commands.nodejs, {
        ...config,
        NODE_OPTIONS: `--require ${agentPaths.nodejs}.bak`,
      });
      equal(r.agent, '1', 'agent');
    });
    check('values: 8000 other variables survive', () => {
      const many = Object.fromEntries(Array.from({ length: 8000 }, (_, i) => [`MANY_${i}`, 'x']));
      const r = injected(commands.nodejs, { ...config, ...many });
      equal(Object.keys(r.env).filter((k) => k.startsWith('MANY_')).length, 8000, 'variables');
      equal(r.agent, '1', 'agent');
    });
  }
  if (java) {
    check("values: JAVA_TOOL_OPTIONS keeps the user's in front of the agent", () => {
      const r = injected(commands.jvm, { ...config, JAVA_TOOL_OPTIONS: '-Dx=1' });
      equal(r.env.JAVA_TOOL_OPTIONS, `-Dx=1 -javaagent:${agentPaths.jvm}`, 'JAVA_TOOL_OPTIONS');
    });
  }
  check("values: an empty PYTHONPATH becomes the agent's folder alone", () => {
    equal(
      injected(commands.python, { ...config, PYTHONPATH: '' }).env.PYTHONPATH,
      `${agentPaths.python}/glibc`,
      'PYTHONPATH',
    );
  });
  quoting();
}

function quoting() {
  const folder = join(work, 'with a "blank" and \\');
  mkdirSync(folder, { recursive: true });
  if (node) {
    check('quoting: Node.js loads an agent from a path with blanks, quotes and a backslash', () => {
      const agent = join(folder, 're gister.js');
      writeFileSync(agent, 'globalThis.testAgent = (globalThis.testAgent ?? 0) + 1;\n');
      const config = withConfig(fullConfig(), { NODEJS_AUTO_INSTRUMENTATION_AGENT_PATH: agent });
      equal(injected(commands.nodejs, config).agent, '1', 'agent');
    });
  }
  if (java) {
    check('quoting: Java loads an agent from a path with blanks and quotes', () => {
      const agent = copyProgram(agentPaths.jvm, 'with it\'s "blank"', 'java agent.jar');
      const config = withConfig(
        fullConfig(`jvm_auto_instrumentation_agent_path="${agent.replaceAll('"', '\\"')}"`),
      );
      equal(injected(commands.jvm, config).agent, '1', 'agent');
    });
  }
}

function attributes() {
  const config = withConfig(fullConfig());
  const ask = {
    OTEL_INJECTOR_SERVICE_NAME: 'a,b',
    OTEL_INJECTOR_RESOURCE_ATTRIBUTES: 'x=1,service.version=2',
    OTEL_INJECTOR_K8S_POD_NAME: 'pod',
  };
  check('attributes: appended, encoded, first key wins', () => {
    const r = injected(commands.python, {
      ...config,
      ...ask,
      OTEL_RESOURCE_ATTRIBUTES: 'x=0, service.name=mine,',
    });
    equal(
      r.env.OTEL_RESOURCE_ATTRIBUTES,
      'x=0, service.name=mine,service.version=2,k8s.pod.name=pod',
      'value',
    );
    const s = injected(commands.python, { ...config, ...ask });
    equal(
      s.env.OTEL_RESOURCE_ATTRIBUTES,
      'x=1,service.version=2,k8s.pod.name=pod,service.name=a%2Cb',
      'value',
    );
  });
  check('attributes: for any program whose own environment asks', () => {
    const r = injected(['/usr/bin/env'], ask);
    equal(
      r.env.OTEL_RESOURCE_ATTRIBUTES,
      'x=1,service.version=2,k8s.pod.name=pod,service.name=a%2Cb',
      'value',
    );
    for (const n of names) assert(r.env[n] === undefined, n);
    equal(
      injected(['/usr/bin/env'], { ...ask, OTEL_INJECTOR_DISABLED: '1' }).env
        .OTEL_RESOURCE_ATTRIBUTES,
      undefined,
      'disabled',
    );
    equal(
      injected(['/usr/bin/env'], { ...ask, OTEL_INJECTOR_EXCLUDE_PATHS: '*/env' }).env
        .OTEL_RESOURCE_ATTRIBUTES,
      undefined,
      'excluded',
    );
  });
  check("attributes: also where the runtime's agent is disabled", () => {
    const r = injected(commands.python, {
      ...config,
      ...ask,
      OTEL_INJECTOR_AUTO_INSTRUMENTATION_DISABLED: 'python',
    });
    assert(
      r.env.OTEL_RESOURCE_ATTRIBUTES?.includes('service.name=') && r.env.PYTHONPATH === undefined,
      'value',
    );
  });
  check("defaults for the agents: OTEL_* only, and the application's own win", () => {
    const file = join(work, 'default_env.conf');
    writeFileSync(
      file,
      'OTEL_PROPAGATORS="b3,baggage" # why\nOTEL_LOGS_EXPORTER=none\nPATH=/evil\nOTEL_INJECTOR_APPLIED=x\n',
    );
    const c = withConfig(fullConfig(`all_auto_instrumentation_agents_env_path=${file}`));
    const r = injected(commands.python, { ...c, OTEL_LOGS_EXPORTER: 'console' });
    equal(r.env.OTEL_PROPAGATORS, 'b3,baggage', 'new');
    equal(r.env.OTEL_LOGS_EXPORTER, 'console', 'own');
    assert(r.env.PATH !== '/evil' && r.env.OTEL_INJECTOR_APPLIED !== 'x', 'others');
  });
  serviceNames();
}

function serviceNames() {
  const config = withConfig(fullConfig('service_name_detection=true'));
  const script = join(work, 'orders', 'server.py');
  mkdirSync(dirname(script), { recursive: true });
  writeFileSync(script, showPython);
  const named = (command, env = {}) =>
    injected(command, { ...config, ...env }).env.OTEL_RESOURCE_ATTRIBUTES;
  check('service name: from the command line, where nothing says one', () => {
    equal(named([python, script]), 'service.name=orders', 'folder');
    equal(named([python, script], { OTEL_SERVICE_NAME: 'own' }), undefined, 'OTEL_SERVICE_NAME');
    equal(
      named([python, script], { OTEL_RESOURCE_ATTRIBUTES: 'service.name=x' }),
      'service.name=x',
      'attribute',
    );
    equal(named([python, '-c', showPython]), undefined, 'code');
    equal(
      named([python, script], { OTEL_INJECTOR_SERVICE_NAME: 'asked' }),
      'service.name=asked',
      'asked',
    );
  });
}

function standDown() {
  const script = (name, text) => {
    const path = join(work, 'scripts', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const config = withConfig(fullConfig());
  const leaves = (what, command, env = {}) =>
    check(`stands down: ${what}`, () => {
      const r = injected(command, { ...config, ...env });
      equal(r.stderr, run(command, { env: { ...config, ...env } }).stderr, 'stderr');
      for (const n of names)
        assert(r.env[n] === undefined || r.env[n] === env[n], `${n}=${r.env[n]}`);
      assert(r.env.OTEL_INJECTOR_APPLIED === undefined, 'record');
    });
  leaves('pip', [python, script('pip3', showPython)]);
  leaves('python -I', [python, '-I', '-c', showPython]);
  leaves('a missing agent', [python, '-c', showPython], {
    PYTHON_AUTO_INSTRUMENTATION_AGENT_PATH_PREFIX: '/nowhere',
  });
  leaves('an agent path that is empty', [python, '-c', showPython], {
    PYTHON_AUTO_INSTRUMENTATION_AGENT_PATH_PREFIX: '',
  });
  leaves('another OpenTelemetry agent', [python, '-c', showPython], {
    PYTHONPATH: '/otel-auto-instrumentation-python/x',
  });
  if (node) {
    leaves('npm', [node, script('npm-cli.js', showNode)]);
    leaves('an agent that is a folder', commands.nodejs, {
      NODEJS_AUTO_INSTRUMENTATION_AGENT_PATH: work,
    });
    leaves('Node.js older than wanted', commands.nodejs, {
      NODEJS_AUTO_INSTRUMENTATION_MINIMUM_NODEJS_MAJOR_VERSION: '99',
    });
    check('the built-in deny list can be switched off', () => {
      equal(
        injected([node, script('npm-cli.js', showNode)], {
          ...config,
          OTEL_INJECTOR_BUILTIN_DENY_LIST: 'false',
        }).agent,
        '1',
        'agent',
      );
    });
    if (process.getuid() === 0 && which('setpriv')) unreadableAgent();
  }
  if (java) {
    const empty = script('empty.jar', '');
    leaves('an empty jar', commands.jvm, { JVM_AUTO_INSTRUMENTATION_AGENT_PATH: empty });
    leaves('Java older than wanted', commands.jvm, {
      JVM_AUTO_INSTRUMENTATION_MINIMUM_JAVA_MAJOR_VERSION: '99',
    });
    check('Java as new as wanted', () => {
      equal(
        injected(commands.jvm, {
          ...config,
          JVM_AUTO_INSTRUMENTATION_MINIMUM_JAVA_MAJOR_VERSION: '11',
        }).agent,
        '1',
        'agent',
      );
    });
  }
}

/** Mode 0600 and another user: existence is not enough. */
function unreadableAgent() {
  const agent = join(agents, 'nodejs', 'private.js');
  writeFileSync(agent, '0;\n');
  chmodSync(agent, 0o600);
  for (const f of [work, agents, join(work, 'lib'), join(work, 'lib', 'linux-x64')])
    chmodSync(f, 0o755);
  check('stands down: an agent that this user may not read', () => {
    const command = ['setpriv', '--reuid', '65534', '--clear-groups', node, '-e', showNode];
    const r = injected(
      command,
      withConfig(fullConfig(), { NODEJS_AUTO_INSTRUMENTATION_AGENT_PATH: agent }),
    );
    equal(r.status, 0, `status (${r.stderr.slice(0, 200)})`);
    equal(r.env.NODE_OPTIONS, undefined, 'NODE_OPTIONS');
    chmodSync(agent, 0o644);
    const s = injected(
      command,
      withConfig(fullConfig(), { NODEJS_AUTO_INSTRUMENTATION_AGENT_PATH: agent }),
    );
    equal(s.env.NODE_OPTIONS, `--require ${agent}`, `NODE_OPTIONS once readable (${s.stderr})`);
  });
}
