// SPDX-License-Identifier: Apache-2.0
// Processes of a container, as its cgroup tells: chosen by `record`, and told of by the agent.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startAgent } from './agents.ts';
import { prepareChain, startTool, waitForExit } from './profiling.ts';
import { seenStacks } from './seenStacks.ts';
import { StandInCollector } from './standInCollector.ts';

const POD = '6c3b2a4e-5d0f-4a6b-9c1d-0123456789ab';
const CONTAINER = '5a'.repeat(32);

describe('endToEnd/containers', function () {
  this.timeout(120_000);
  let folder: string;
  let chain: string;
  let cgroup: string | undefined;
  const children: ChildProcess[] = [];

  before(function () {
    ({ folder, chain } = prepareChain(this, 'containers'));
    const made = makeCgroup();
    if (typeof made !== 'string') {
      console.log(`skip: no cgroup can be made here: ${made.message}`);
      this.skip();
    }
    cgroup = made;
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill('SIGKILL');
      await waitForExit(child);
    }
  });
  after(() => {
    if (cgroup !== undefined) for (const path of [cgroup, dirname(cgroup)]) rmdirSync(path);
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  /** The program, in the container's cgroup before it is executed: as runtimes do. */
  function contained(seconds: string): ChildProcess {
    const script = `echo $$ > ${cgroup}/cgroup.procs && exec ${chain} ${seconds}`;
    const child = spawn('sh', ['-c', script], { stdio: 'ignore' });
    children.push(child);
    return child;
  }

  async function recorded(args: readonly string[]): Promise<string[]> {
    const out = join(folder, 'out.folded');
    const recording = startTool(['record', '-F', '499', '-d', '1500ms', '-o', out, ...args]);
    children.push(recording);
    children.push(spawn(chain, ['60'], { stdio: 'ignore' }));
    contained('60');
    assert.equal(await waitForExit(recording), 0);
    return readFileSync(out, 'utf8').split('\n').slice(0, -1);
  }

  for (const [what, args] of [
    ['of a container, by the beginning of its ID', ['--container', CONTAINER.slice(0, 12)]],
    ['of a cgroup and those below it', ['--cgroup', podSlice()]],
  ] as const) {
    it(`records only processes ${what}`, async () => {
      const lines = await recorded(args);
      assert.ok(lines.some((line) => line.startsWith('chain;')));
      const inside = lines.filter((line) => !/^(sh|chain)[; ]/.test(line));
      assert.deepEqual(inside, []);
    });
  }

  it('records nothing where no process is chosen', async () => {
    assert.deepEqual(await recorded(['--container', 'f'.repeat(12)]), []);
  });

  it('tells container, pod and node of a process to the collector', async () => {
    const collector = new StandInCollector();
    await collector.start();
    try {
      const base = ['-v', '--protocol=http/protobuf', '--spill-folder=off', '--symbolize=off'];
      const args = [...base, `-collection-agent=${collector.address}`, '-F', '499'];
      const one = startAgent(args, { K8S_NODE_NAME: 'node-7' });
      children.push(one.child);
      await one.said('sampling at');
      await waitForExit(contained('0.3'));
      await waitForExit(spawn(chain, ['0.3'], { stdio: 'ignore' }));
      await one.stop();
      const ofChain = seenStacks(collector.taken).filter(({ program }) => program === 'chain');
      const ids = new Set(ofChain.map(({ resource }) => resource['container.id']));
      assert.deepEqual(ids, new Set([CONTAINER, undefined]));
      const own = ofChain.find(({ resource }) => resource['container.id'] === CONTAINER)!;
      assert.equal(own.resource['k8s.pod.uid'], POD);
      assert.equal(own.resource['k8s.node.name'], 'node-7');
    } finally {
      await collector.goAway();
    }
  });
});

function podSlice(): string {
  return `/kubepods-besteffort-pod${POD.replaceAll('-', '_')}.slice`;
}

/** A container's in the tree of version 2, as containerd makes it. */
function makeCgroup(): string | Error {
  const line = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .find((one) => one.split(' ')[2] === 'cgroup2');
  const [, root] = line?.split(' ') ?? [];
  if (root === undefined) return new Error('no cgroup v2');
  const path = join(root, podSlice(), `cri-containerd-${CONTAINER}.scope`);
  try {
    mkdirSync(path, { recursive: true });
    return path;
  } catch (error) {
    return error as Error;
  }
}
