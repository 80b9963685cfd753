// SPDX-License-Identifier: Apache-2.0
// The whole way, with nothing stood in for: the real agents, fetched as `agents add` does it, the
// real library preloaded into real services, and a span at a receiver. What was fetched is kept in
// .cache, verified, and copied.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addAgent } from '../../src/agents/add.ts';
import type { AgentRuntime } from '../../src/agents/runtimes.ts';
import { describeAgent, verifyAgent } from '../../src/agents/verify.ts';
import { agentPaths } from '../../src/layout/paths.ts';
import { findLibrary } from '../../src/library/find.ts';
import { freePort, type Receiver, startReceiver } from './receiver.ts';
import { javaService, nodeService, pythonService, type Service } from './services.ts';

const FETCHED = fileURLToPath(new URL('../../../../.cache/agents', import.meta.url));
const FETCH_MS = 200_000;
const START_MS = 150_000;

describe('a service gives spans without a change to it', function () {
  this.timeout(FETCH_MS + 2 * START_MS);
  let directory: string;
  let receiver: Receiver;
  let library: string;
  let prefix: string;
  const running: ChildProcess[] = [];

  before(async function () {
    try {
      library = findLibrary({ from: fileURLToPath(import.meta.url) }).path;
    } catch {
      console.log('skip: no libotelinject.so, build it with: node native/injector/build.mjs');
      this.skip();
    }
    directory = mkdtempSync(join(tmpdir(), 'otel-inject-e2e-'));
    chmodSync(directory, 0o755);
    prefix = join(directory, 'agents');
    receiver = await startReceiver(directory);
    console.log(`      spans go to: ${receiver.kind}`);
  });

  after(async () => {
    for (const child of running) child.kill('SIGKILL');
    await receiver?.stop();
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  });

  async function fetched(runtime: AgentRuntime): Promise<boolean> {
    try {
      const searchPath = process.env['PATH'];
      const signal = AbortSignal.timeout(FETCH_MS);
      await addAgent({ prefix: FETCHED, runtime, signal });
      const { origin } = await addAgent({ prefix, runtime, from: FETCHED, searchPath, signal });
      assert.equal(origin, 'pinned');
      return true;
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      // A download may fail here; a wrong checksum or layout is a defect of ours.
      if (code !== 'CLIENT_FAILED' && code !== 'CLIENT_MISSING' && code !== 'INTERRUPTED') {
        throw error;
      }
      console.log(`skip: ${message}`);
      return false;
    }
  }

  function environment(serviceName: string): NodeJS.ProcessEnv {
    const { jvm, nodejs, python } = agentPaths(prefix);
    const config = join(directory, 'injector.conf');
    writeFileSync(
      config,
      `jvm_auto_instrumentation_agent_path=${jvm}\n` +
        `nodejs_auto_instrumentation_agent_path=${nodejs}\n` +
        `python_auto_instrumentation_agent_path_prefix=${python}\n`,
    );
    return {
      PATH: process.env['PATH'],
      HOME: directory,
      LD_PRELOAD: library,
      OTEL_INJECTOR_CONFIG_FILE: config,
      OTEL_INJECTOR_CONFIG_DIR: join(directory, 'none.d'),
      OTEL_INJECTOR_SERVICE_NAME: serviceName,
      OTEL_INJECTOR_SERVICE_NAMESPACE: 'end-to-end',
      OTEL_INJECTOR_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    };
  }

  function start({ argv }: Service, port: number, serviceName: string): ChildProcess {
    const [program, ...args] = argv;
    const child = spawn(program!, [...args, String(port)], {
      stdio: ['ignore', 'inherit', 'pipe'],
      env: environment(serviceName),
    });
    running.push(child);
    return child;
  }
  async function answers(port: number, child: ChildProcess): Promise<void> {
    for (const end = Date.now() + START_MS; Date.now() < end; ) {
      assert.equal(child.exitCode, null, 'the service ended');
      const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
      if (response?.ok === true) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.fail('the service does not answer');
  }

  const services: readonly [AgentRuntime, (directory: string) => Service | undefined][] = [
    ['java', javaService],
    ['node', nodeService],
    ['python', pythonService],
  ];
  for (const [runtime, make] of services) {
    it(`${runtime}: with its service name and resource attributes`, async function () {
      if (!(await fetched(runtime))) this.skip();
      const service = make(directory);
      if (service === undefined) {
        console.log('skip: no javac, install with: apt-get install openjdk-17-jdk-headless');
        this.skip();
      }
      const port = await freePort();
      const serviceName = `shop-${runtime}`;
      const child = start(service, port, serviceName);
      let said = '';
      child.stderr!.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
      });
      await answers(port, child);
      const span = await receiver.waitFor(
        ({ resource }) => resource['service.name'] === serviceName,
        START_MS,
      );
      child.kill('SIGKILL');
      assert.ok(span.name.includes(service.spanName), span.name);
      const { resource } = span;
      assert.equal(resource['service.namespace'], 'end-to-end');
      assert.equal(resource['deployment.environment.name'], 'test');
      assert.equal(resource['telemetry.sdk.language'], service.language);
      // The JVM itself announces JAVA_TOOL_OPTIONS, and its agent that it is there.
      if (runtime !== 'java') assert.equal(said, '');
    });
  }

  it('node: SIGTERM still ends a program that has no handler of its own', async function () {
    if (!(await describeAgent(prefix, 'node')).isThere) this.skip();
    const port = await freePort();
    const child = start(nodeService(directory), port, 'ends');
    await answers(port, child);
    const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    child.kill('SIGTERM');
    assert.equal(await ended, 'SIGTERM');
  });

  it('node: a short program is as quiet, and leaves its children no variable', async function () {
    if (!(await describeAgent(prefix, 'node')).isThere) this.skip();
    const env: NodeJS.ProcessEnv = environment('short');
    delete env['OTEL_NODE_RESOURCE_DETECTORS'];
    const code = 'console.log(process.env.OTEL_NODE_RESOURCE_DETECTORS)';
    const path = join(directory, 'short.js');
    writeFileSync(path, code);
    const { stdout, stderr } = spawnSync(process.execPath, [path], {
      env,
      encoding: 'utf8',
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    assert.deepEqual([stdout, stderr], ['undefined\n', '']);
  });

  it('python: an application keeps its own packages and its own sitecustomize', async function () {
    if ((await describeAgent(prefix, 'python')).isThere === false) this.skip();
    const own = join(directory, 'own');
    mkdirSync(own);
    writeFileSync(join(own, 'asgiref.py'), 'origin = "application"\n');
    writeFileSync(join(own, 'sitecustomize.py'), 'import sys\nsys.was_here = True\n');
    const app = join(own, 'app.py');
    const lines = ['import asgiref, os, sys', 'instrumented = "opentelemetry.sdk" in sys.modules'];
    lines.push('added = [n for n in os.environ if n == "OTEL_EXPORTER_OTLP_PROTOCOL"]');
    lines.push('print(asgiref.origin, sys.was_here, instrumented, added)');
    writeFileSync(app, lines.join('\n'));
    const env = { ...environment('own'), PYTHONPATH: own };
    const { stdout, stderr } = spawnSync('python3', [app], {
      env,
      encoding: 'utf8',
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    assert.equal(stderr, '');
    assert.equal(stdout, 'application True True []\n');
  });

  it("python: what the host's start-up hooks import is never the agent's", async function () {
    if ((await describeAgent(prefix, 'python')).isThere === false) this.skip();
    const env = { ...environment('hooks'), PYTHONUSERBASE: join(directory, 'user') };
    const python = (code: string) =>
      spawnSync('python3', ['-c', code], { env, encoding: 'utf8', timeout: 60_000 });
    const site = python('import site; print(site.getusersitepackages())').stdout.trim();
    assert.ok(site.startsWith(directory), site);
    mkdirSync(site, { recursive: true });
    // Some write into the bundle of certificates that they find (site, docs.python.org: .pth).
    const hook = ['try:', ' import asgiref, certifi', ' sys.hook = asgiref.__file__'];
    hook.push('except ImportError:', ' sys.hook = None');
    writeFileSync(join(site, 'hook.pth'), `import sys; exec(${JSON.stringify(hook.join('\n'))})\n`);
    const { stdout, stderr } = python('import sys, asgiref; print(sys.hook, asgiref.__file__)');
    assert.match(stdout, /^None .*site-packages\/asgiref/, stderr);
    const { state, problems } = await verifyAgent(prefix, 'python');
    assert.equal(state, 'ok', problems[0]?.path);
  });
});
