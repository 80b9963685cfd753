// SPDX-License-Identifier: Apache-2.0
// The commands around the store as a script runs them: the built tool, its output into pipes.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM, runTool } from '../endToEnd/profiling.ts';

const BASE = 'app;main;parse 300\napp;main;render 700\n';
const NEW = 'app;main;parse 600\napp;main;render 700\n';

describe('commands of the store', () => {
  let folder = '';
  const children: ChildProcess[] = [];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'otel-profile-store-'));
    writeFileSync(join(folder, 'base.folded'), BASE);
    writeFileSync(join(folder, 'new.folded'), NEW);
  });

  after(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a command that serves the page, with pipes for all three; its URL once it listens. */
  async function serve(args: readonly string[]): Promise<{ url: string; child: ChildProcess }> {
    const child = spawn(process.execPath, [PROGRAM, ...args, '--listen', '127.0.0.1:0']);
    children.push(child);
    let said = '';
    const url = await new Promise<string>((resolve, reject) => {
      const look = (chunk: Buffer): void => {
        said += chunk;
        const found = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(said);
        if (found !== null) resolve(found[0]);
      };
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
      child.once('exit', (code) => reject(new Error(`exit ${code}: ${said}`)));
    });
    return { url, child };
  }

  async function stop(child: ChildProcess): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    return ended;
  }

  it('collect into a store that query reads while it runs, and afterwards', async () => {
    const store = join(folder, 'store');
    const { url, child } = await serve(['collect', '--store', store]);
    const status = (await (await fetch(new URL('/api/status', url))).json()) as { mode: string };
    assert.equal(status.mode, 'live');
    const page = await (await fetch(url)).text();
    assert.match(page, /<html/i);
    const sql = [
      'query',
      'SELECT count(*) AS n FROM samples',
      '--store',
      store,
      '--format',
      'json',
    ];
    const during = runTool(sql);
    assert.equal(during.status, 0, during.stderr);
    assert.deepEqual(rowsOf(during.stdout), [{ n: 0 }]);
    assert.equal(await stop(child), 0);
    const afterwards = runTool(sql);
    assert.equal(afterwards.status, 0, afterwards.stderr);
    assert.deepEqual(rowsOf(afterwards.stdout), [{ n: 0 }]);
  });

  it('view two files as a comparison', async () => {
    const files = [join(folder, 'base.folded'), join(folder, 'new.folded')];
    const { url, child } = await serve(['view', ...files, '--no-open']);
    const answer = await fetch(new URL('/api/status', url));
    const status = (await answer.json()) as { mode: string; sources: { id: string }[] };
    assert.equal(status.mode, 'files');
    assert.equal(status.sources.length, 2);
    const [base, now] = status.sources.map(({ id }) => encodeURIComponent(id));
    const graphUrl = new URL(`/api/graph?source=${now}&base.source=${base}`, url);
    const graph = (await (await fetch(graphUrl)).json()) as Record<string, number[]>;
    assert.equal(graph['total']?.[0], 1300);
    assert.equal(graph['baseTotal']?.[0], 1000);
    assert.equal(await stop(child), 0);
  });

  it('fail a build where a function grew, and not where it did not', () => {
    const files = [join(folder, 'base.folded'), join(folder, 'new.folded')];
    const grown = runTool(['diff', ...files, '--fail-if', 'self(parse) > +10%']);
    assert.equal(grown.status, 1, grown.stderr);
    assert.match(grown.stdout, /parse/);
    const fallen = runTool(['diff', ...files, '--fail-if', 'self(render) > +10%']);
    assert.equal(fallen.status, 0, fallen.stderr);
    const wrong = runTool(['diff', ...files, '--fail-if', 'self(parse) > ten']);
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /ten/);
  });
});

/** One object a line. */
function rowsOf(text: string): Record<string, number>[] {
  const rows = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, Number(v)])));
}
