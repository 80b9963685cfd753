// SPDX-License-Identifier: Apache-2.0
// A table for warehouses is far larger than the engine's memory: names of stacks at each sample.
import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ProfileBuilder } from '@otelkit/profiles';
import { exportFile } from '../../src/export/exportFile.ts';
import { loadDuckDb, Store } from '../../src/index.ts';
import { START_MS, temporaryFolder, whyNoEngine } from '../support/running.ts';

const STACKS = 9_000;
const DEPTH = 48;
const FRAMES = 2_000;
const LONG = 'a_name_as_those_of_templates_are_'.repeat(4);

const frameAt = (stack: number, depth: number): number => (stack * 7 + depth * 13) % FRAMES;

describe('an export to Parquet', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let store: Store;

  beforeEach(async function () {
    if ((await whyNoEngine()) !== undefined) return this.skip();
    folder = temporaryFolder();
    store = await Store.open({ folder: undefined });
  });
  afterEach(async () => {
    await store?.close();
    folder?.remove();
  });

  it('has the names of every sample, however many there are', async () => {
    const builder = new ProfileBuilder([{ type: 'samples', unit: 'count' }]);
    const mapping = { fileName: '/opt/app' };
    const frames = Array.from({ length: FRAMES }, (_, i) => {
      const functionName = i === 0 ? '' : `${LONG}${i}`;
      return builder.frame({ kind: 'native', functionName, mapping, address: BigInt(i + 16) });
    });
    const nobody = { pid: 1, name: 'a', executable: '', containerId: '', serviceName: 'shop' };
    const process = builder.process(nobody);
    for (let i = 0; i < STACKS; i++) {
      const path = Array.from({ length: DEPTH }, (_, depth) => frames[frameAt(i, depth)]!);
      const sample = { kind: 0, stack: builder.stack(path), process, value: 1, cpu: 0 };
      builder.sample({ ...sample, threadId: 1, threadName: 0, timeNs: i * 1e6 });
    }
    store.ingest(builder.finish(BigInt(START_MS) * 1_000_000n, STACKS * 1e6), 'host');
    await store.flush();
    const path = join(folder.path, 'x.parquet');
    const { content } = await exportFile(store, {}, 'parquet', '1.2.3');
    await pipeline(content, createWriteStream(path));

    const instance = await (await loadDuckDb()).DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    try {
      const sql = `SELECT epoch_us(time)::DOUBLE, service, array_to_string(stack, ';')
        FROM '${path}' WHERE epoch_us(time) % 500000 = 0 ORDER BY time`;
      const rows = (await connection.runAndReadAll(sql)).getRows();
      assert.equal(rows.length, STACKS / 500);
      for (const [n, [timeUs, service, names]] of rows.entries()) {
        const expected = Array.from({ length: DEPTH }, (_, depth) => {
          const frame = frameAt(n * 500, depth);
          return frame === 0 ? '/opt/app+0x10' : `${LONG}${frame}`;
        });
        assert.deepEqual(
          [timeUs, service, names],
          [START_MS * 1_000 + n * 500_000, 'shop', expected.join(';')],
        );
      }
      const count = await connection.runAndReadAll(
        `SELECT count(*)::INTEGER, sum(len(stack))::INTEGER FROM '${path}'`,
      );
      assert.deepEqual(count.getRows(), [[STACKS, STACKS * DEPTH]]);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  });
});
