// SPDX-License-Identifier: Apache-2.0
// What is on disk stays there: over restarts, over SIGKILL, and until it is too old.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { decodeProfilesRequest } from '@otelkit/otlp';
import { type Profile, ProfileBuilder, readOtlpProfiles } from '@otelkit/profiles';
import {
  applyRetention,
  queryStore,
  queryToParquet,
  Store,
  type StoreError,
} from '../../src/index.ts';
import {
  agentRequest,
  START_MS,
  send,
  startCollector,
  temporaryFolder,
  whyNoEngine,
} from '../support/running.ts';

const CHILD = fileURLToPath(new URL('../support/child.mjs', import.meta.url));
const COUNT = 'SELECT count(*)::INTEGER AS n FROM samples';

function profileAt(startMs: number) {
  const bytes = agentRequest(startMs);
  return readOtlpProfiles(decodeProfilesRequest(bytes)).profile;
}

const NOBODY = { pid: 1, name: 'a', executable: '', containerId: '', serviceName: '' };

describe('the store', () => {
  let folder: ReturnType<typeof temporaryFolder>;

  beforeEach(async function () {
    if ((await whyNoEngine()) !== undefined) return this.skip();
    folder = temporaryFolder();
  });
  afterEach(() => folder?.remove());

  it('has everything after it was closed, and tells nothing twice', async () => {
    for (let i = 0; i < 3; i++) {
      const store = await Store.open({ folder: folder.path });
      store.ingest(profileAt(START_MS + i * 1_000), 'host');
      await store.close();
    }
    const { rows } = await queryStore(
      folder.path,
      `SELECT (SELECT count(*) FROM samples)::INTEGER, (SELECT count(*) FROM frames)::INTEGER,
        (SELECT count(*) FROM processes)::INTEGER, (SELECT count(DISTINCT stack_id) FROM stacks)
        ::INTEGER, (SELECT count(*) FROM executables)::INTEGER`,
    );
    assert.deepEqual(rows, [[303, 5, 2, 3, 1]]);
  });

  it('has what was written when its process was killed', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', CHILD, folder.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      let said = '';
      child.stdout.setEncoding('utf8');
      child.stdout.on('data', (text: string) => {
        said += text;
      });
      while (!said.includes('\n')) await once(child.stdout, 'data');
      const url = said.trim();
      for (let i = 0; i < 5; i++) {
        const request = agentRequest(START_MS + i * 1_000);
        assert.equal((await send(url, '/v1development/profiles', request)).status, 200);
      }
      // As soon as one can be asked for it, it is on disk.
      const ask = async (): Promise<number> => {
        const status = (await (await fetch(new URL('/api/status', url))).json()) as {
          sampleCount: number;
        };
        return status.sampleCount;
      };
      let count = 0;
      while (count < 505) {
        await setTimeout(100);
        count = await ask();
      }
      // While it runs it answers for the file that it holds.
      assert.deepEqual((await queryStore(folder.path, COUNT)).rows, [[505]]);
      await assert.rejects(
        queryStore(folder.path, 'DROP TABLE sample_rows'),
        (error: StoreError) => error.code === 'QUERY',
      );
      // These may be written or not, or be about to be.
      for (let i = 5; i < 9; i++) {
        const request = agentRequest(START_MS + i * 1_000);
        assert.equal((await send(url, '/v1development/profiles', request)).status, 200);
      }
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const bySecond = `SELECT floor(epoch(time))::BIGINT - ${START_MS / 1_000}, count(*)::INTEGER
      FROM samples GROUP BY 1 ORDER BY 1`;
    const { rows } = await queryStore(folder.path, bySecond);
    assert.ok(rows.length >= 5);
    // Whole requests, each once, in the order in which they came.
    assert.deepEqual(
      rows.map(([second, count]) => [Number(second), count]),
      rows.map((_, i) => [i, 101]),
    );
    const store = await Store.open({ folder: folder.path });
    assert.equal(store.tables.frames.count, 5);
    await store.close();
  });

  it('lets go of what is too old, and of the oldest when it is too large', async () => {
    const nowMs = START_MS + 100_000;
    const store = await Store.open({ folder: undefined });
    try {
      for (let i = 0; i < 50; i++) store.ingest(profileAt(START_MS + i * 1_000), 'host', nowMs);
      await store.flush();
      const left = async (): Promise<number[]> =>
        store.read(async (connection) => {
          const sql = 'SELECT count(*)::INTEGER, (min(time_us) // 1000)::DOUBLE FROM sample_rows';
          return (await connection.runAndReadAll(sql)).getRows()[0] as number[];
        });
      const rules = { ageMs: 80_000, bytes: Number.POSITIVE_INFINITY };
      await applyRetention(store, rules, nowMs);
      assert.deepEqual(await left(), [30 * 101, START_MS + 20_000]);
      await applyRetention(store, { ageMs: 1e9, bytes: 1 }, nowMs);
      const [count, oldestMs] = await left();
      assert.ok(count! < 10 * 101 && (count === 0 || oldestMs! > START_MS + 40_000));
    } finally {
      await store.close();
    }
  });

  it('lets go of stacks and frames that only old samples had, and knows them anew', async () => {
    const nowMs = START_MS + 100_000;
    const counts = async (store: Store): Promise<readonly unknown[]> =>
      store.read(async (connection) => {
        const sql = `SELECT (SELECT count(*) FROM stack_rows)::INTEGER,
          (SELECT count(*) FROM frame_rows)::INTEGER,
          (SELECT count(*) FROM stack_frame_rows)::INTEGER`;
        return (await connection.runAndReadAll(sql)).getRows()[0]!;
      });
    const own = (name: string): Profile => {
      const builder = new ProfileBuilder([{ type: 'samples', unit: 'count' }]);
      const frame = builder.frame({ kind: 'native', functionName: name });
      const process = builder.process({ ...NOBODY, attributes: {} });
      const sample = { kind: 0, stack: builder.stack([frame]), process, timeNs: 0, value: 1 };
      builder.sample({ ...sample, threadId: 1, threadName: 0, cpu: 0 });
      return builder.finish(BigInt(START_MS) * 1_000_000n, 1e9);
    };
    const store = await Store.open({ folder: folder.path });
    try {
      store.ingest(own('old'), 'host', nowMs);
      store.ingest(own('waits'), 'host', nowMs);
      await store.flush();
      store.ingest(profileAt(START_MS + 50_000), 'host', nowMs);
      await store.flush();
      const all = (await counts(store)) as [number, number, number];
      // Its samples are too old, but one more of its stack waits to be written.
      const waiting = { ...own('waits'), startNs: BigInt(nowMs) * 1_000_000n };
      store.ingest(waiting, 'host', nowMs);
      const rules = { ageMs: 80_000, bytes: Number.POSITIVE_INFINITY };
      await applyRetention(store, rules, nowMs);
      assert.deepEqual(await counts(store), [all[0] - 1, all[1] - 1, all[2] - 1]);
      store.ingest({ ...own('old'), startNs: waiting.startNs }, 'host', nowMs);
      await store.flush();
      assert.deepEqual(await counts(store), all);
    } finally {
      await store.close();
    }
    const names = `SELECT function FROM samples JOIN stacks USING (stack_id)
      JOIN frames USING (frame_id) WHERE function IN ('old', 'waits') ORDER BY 1`;
    assert.deepEqual((await queryStore(folder.path, names)).rows, [['old'], ['waits']]);
  });

  it('lets SQL read views and nothing else', async () => {
    const collector = await startCollector({ folder: folder.path });
    try {
      collector.store.ingest(profileAt(START_MS), 'host');
      await collector.store.flush();
      const ask = async (sql: string): Promise<[number, string]> => {
        const response = await fetch(new URL('/api/query', collector.url), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ sql }),
        });
        return [response.status, await response.text()];
      };
      const [status, text] = await ask(
        "SELECT function, count(*)::INTEGER FROM samples JOIN stacks USING (stack_id) JOIN frames USING (frame_id) WHERE position = 0 AND type = 'samples' GROUP BY ALL ORDER BY 2 DESC",
      );
      assert.equal(status, 200);
      assert.deepEqual(JSON.parse(text).rows, [
        ['inner', 60],
        ['vfs_read', 30],
        ['', 10],
      ]);
      const wide = JSON.parse((await ask('SELECT count(*), 9007199254740993 FROM samples'))[1]);
      assert.deepEqual(wide.rows, [[101, '9007199254740993']]);
      assert.doesNotMatch((await ask('SELEC 1'))[1], /\\n/);
      for (const sql of [
        'DELETE FROM sample_rows',
        'SELECT 1; DROP TABLE sample_rows',
        "COPY samples TO '/tmp/otel-profile-escape'",
        "SELECT * FROM read_text('/etc/passwd')",
        "ATTACH '/tmp/otel-profile-escape.db'",
        'INSTALL httpfs',
        'SET enable_external_access = true',
        'no SQL',
        '',
      ]) {
        assert.equal((await ask(sql))[0], 422, sql);
      }
      assert.ok(!existsSync('/tmp/otel-profile-escape'));
    } finally {
      await collector.close();
    }
    const path = join(folder.path, "it's.parquet");
    await queryToParquet(folder.path, 'SELECT * FROM samples;', path);
    assert.ok(existsSync(path));
  });
});
