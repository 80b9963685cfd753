// SPDX-License-Identifier: Apache-2.0
// Names that take more than a symbol table: calls that were inlined, and debug files of a server.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { readProfile, writeFolded } from '@otelkit/profiles';
import { startAgent } from './agents.ts';
import { prepareChain, runTool, waitForExit } from './profiling.ts';
import { seenStacks } from './seenStacks.ts';
import { StandInCollector } from './standInCollector.ts';

const PROGRAM = `
#include <stdlib.h>
#include <time.h>
static volatile unsigned sink;
static inline __attribute__((always_inline)) void innermost(unsigned n) {
  for (unsigned i = 0; i < n; i++) sink += i * sink;
}
static inline __attribute__((always_inline)) void between(unsigned n) { innermost(n); }
static __attribute__((noinline, noclone)) void onlyInDebugFile(void) { between(2000000); sink++; }
int main(int argc, char **argv) {
  while (clock() < atof(argv[1]) * CLOCKS_PER_SEC) onlyInDebugFile();
  return argc > 2;
}
`;

describe('endToEnd/names', function () {
  this.timeout(120_000);
  let folder: string;
  const children: ChildProcess[] = [];

  before(function () {
    ({ folder } = prepareChain(this, 'names'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  after(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

  function run(command: string, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, `${command}: ${stderr}`);
    return stdout;
  }

  function compile(name: string): string {
    writeFileSync(join(folder, `${name}.c`), PROGRAM);
    run('cc', '-O1', '-g', '-Wl,--build-id', '-o', name, `${name}.c`);
    return join(folder, name);
  }

  it('has inlined calls and their lines in pprof', () => {
    const [program, out] = [compile('inlined'), join(folder, 'inlined.pb.gz')];
    const recorded = runTool(['record', '-F', '499', '-o', out, '--', program, '0.5']);
    assert.equal(recorded.status, 0, recorded.stderr);
    const { profile, problems } = readProfile(readFileSync(out), out);
    assert.deepEqual(problems, []);
    const folded = [...writeFolded(profile, { kind: 0 })].join('');
    assert.match(folded, /;main;onlyInDebugFile;between;innermost \d+$/m);
    const { frames, functions, strings } = profile;
    const places: string[] = [];
    for (let i = 0; i < frames.count; i++) {
      const number = frames.function[i]!;
      if (number < 0 || strings[functions.name[number]!] !== 'innermost') continue;
      places.push(`${basename(strings[functions.fileName[number]!]!)}:${frames.line[i]}`);
    }
    assert.ok(places.includes('inlined.c:6'), places.join(' '));
  });

  it('asks debuginfod servers for names where the agent is told to', async function () {
    if (spawnSync('objcopy', ['--version']).status !== 0) {
      console.log('skip: no objcopy, install with: apt-get install binutils');
      this.skip();
    }
    const program = compile('stripped');
    run('objcopy', '--only-keep-debug', 'stripped', 'stripped.debug');
    run('objcopy', '--strip-all', 'stripped');
    const notes = run('readelf', '-n', 'stripped');
    const buildId = /Build ID: ([0-9a-f]+)/.exec(notes)?.[1];
    const asked: (string | undefined)[] = [];
    const server = createServer(({ url }, response) => {
      asked.push(url);
      const isIt = url === `/buildid/${buildId}/debuginfo`;
      response.writeHead(isIt ? 200 : 404);
      response.end(isIt ? readFileSync(join(folder, 'stripped.debug')) : '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const collector = new StandInCollector();
    await collector.start();
    try {
      const base = ['-v', '--protocol=http/protobuf', '--spill-folder=off', '--process=stripped'];
      const one = startAgent(
        [...base, `-collection-agent=${collector.address}`, '-F', '499', '--debuginfod'],
        {
          DEBUGINFOD_URLS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          CACHE_DIRECTORY: join(folder, 'cache'),
        },
      );
      children.push(one.child);
      await one.said('sampling at');
      const child = spawn(program, ['0.5'], { stdio: 'ignore' });
      children.push(child);
      await waitForExit(child);
      await one.stop();
      const names = seenStacks(collector.taken).flatMap((stack) => stack.names);
      assert.ok(asked.includes(`/buildid/${buildId}/debuginfo`), asked.join(' '));
      assert.ok(names.includes('onlyInDebugFile'), [...new Set(names)].join(' '));
    } finally {
      server.close();
      await collector.goAway();
    }
  });

  it('says that no debuginfod server is named', async () => {
    const { child, said } = startAgent(['--collection-agent=127.0.0.1:1', '--debuginfod'], {
      DEBUGINFOD_URLS: '',
    });
    children.push(child);
    await said(/DEBUGINFOD_URLS names no server/);
    assert.equal(await waitForExit(child), 2);
  });
});
