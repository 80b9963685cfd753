// SPDX-License-Identifier: Apache-2.0
// Programs that publish their resource (OTEP 4719), and those that publish nonsense: their samples bear
// what can be believed, and nothing else.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeMessage, OTLP_RESOURCE } from '@otelkit/otlp';
import { type RunningAgent, startAgent } from './agents.ts';
import { prepareChain, until } from './profiling.ts';
import { type SeenStack, seenStacks } from './seenStacks.ts';
import { accept, StandInCollector } from './standInCollector.ts';

const SOURCE = fileURLToPath(new URL('publisher.c', import.meta.url));
const BELIEVED = ['good', 'named'] as const;
const NOT_BELIEVED = [
  'version',
  'huge',
  'nowhere',
  'noise',
  'unready',
  'unsigned',
  'changing',
] as const;

describe('endToEnd/publishedContext', function () {
  this.timeout(120_000);
  let folder: string;
  let collector: StandInCollector;
  let agent: RunningAgent;
  let kinds: readonly string[];
  let stacks: SeenStack[];
  const children: ChildProcess[] = [];

  before(async function () {
    ({ folder } = prepareChain(this, 'context'));
    const program = join(folder, 'good');
    const cc = spawnSync('cc', ['-O1', '-pthread', '-o', program, SOURCE], { encoding: 'utf8' });
    assert.equal(cc.status, 0, cc.stderr);
    const { status: names } = spawnSync(program, ['named', '', '0']);
    kinds = [...BELIEVED, ...NOT_BELIEVED].filter((kind) => kind !== 'named' || names === 0);
    collector = new StandInCollector();
    await collector.start();
    const flags = ['-v', '-F', '199', '--protocol=http/protobuf', '--symbolize=off'];
    const more = ['--spill-folder=off', '--reporter-interval=500ms'];
    agent = startAgent([...flags, ...more, `--collection-agent=${collector.address}`]);
    children.push(agent.child);
    await agent.said('sampling at');
    for (const kind of kinds) {
      if (kind !== 'good') copyFileSync(program, join(folder, kind));
      children.push(spawn(join(folder, kind), [kind, RESOURCE.toString('hex'), '0.2']));
    }
    const seen = new Set<string>();
    collector.answer = (response, request) => {
      for (const { program: name } of seenStacks([request])) seen.add(name);
      return accept(response, request);
    };
    await until(() => kinds.every((kind) => seen.has(kind)));
    await agent.stop();
    stacks = seenStacks(collector.taken);
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await collector?.goAway();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const resourceOf = (kind: string): SeenStack['resource'] =>
    stacks.findLast(({ program }) => program === kind)!.resource;

  for (const kind of BELIEVED) {
    it(`takes the resource of a program that publishes well: ${kind}`, function () {
      if (!kinds.includes(kind)) {
        console.log('skip: this kernel gives memory no names (CONFIG_ANON_VMA_NAME)');
        return this.skip();
      }
      const resource = resourceOf(kind);
      assert.equal(resource['service.name'], 'shop');
      assert.equal(resource['service.version'], '1.2.3');
      assert.equal(resource['deployment.environment.name'], 'prod');
      // What was seen from outside is not for the program to change.
      assert.notEqual(resource['process.pid'], 1);
      assert.notEqual(resource['host.name'], 'elsewhere');
    });
  }

  for (const kind of NOT_BELIEVED) {
    it(`takes nothing from what only looks like one: ${kind}`, () => {
      const resource = resourceOf(kind);
      assert.equal(resource['service.name'], `unknown_service:${kind}`);
      assert.equal(resource['service.version'], undefined);
      assert.match(agent.talk(), new RegExp(`process ${resource['process.pid']}: its OTEL_CTX`));
    });
  }
});

const RESOURCE: Buffer = Buffer.from(
  encodeMessage(OTLP_RESOURCE, {
    attributes: Object.entries({
      'service.name': 'shop',
      'service.version': '1.2.3',
      'deployment.environment.name': 'prod',
      'process.pid': '1',
      'host.name': 'elsewhere',
    }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  } as never),
);
