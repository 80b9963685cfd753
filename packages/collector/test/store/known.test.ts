// SPDX-License-Identifier: Apache-2.0
// Frames and stacks are known again by what they are: over restarts, once they have got names, in a
// store of the version before, and where more came than is remembered.
import assert from 'node:assert/strict';
import { decodeProfilesRequest } from '@otelkit/otlp';
import { readOtlpProfiles, SequenceTable } from '@otelkit/profiles';
import { queryStore, Store } from '../../src/index.ts';
import { nameFrames } from '../../src/store/nameFrames.ts';
import { agentRequest, START_MS, temporaryFolder, whyNoEngine } from '../support/running.ts';

const COUNTS = `SELECT (SELECT count(*) FROM frames)::INTEGER,
  (SELECT count(DISTINCT stack_id) FROM stacks)::INTEGER`;

function profileAt(startMs: number) {
  return readOtlpProfiles(decodeProfilesRequest(agentRequest(startMs))).profile;
}

describe('what the store knows', () => {
  let folder: ReturnType<typeof temporaryFolder>;

  beforeEach(async function () {
    if ((await whyNoEngine()) !== undefined) return this.skip();
    folder = temporaryFolder();
  });
  afterEach(() => folder?.remove());

  async function takeOne(then: (store: Store) => Promise<void> = async () => {}): Promise<void> {
    const store = await Store.open({ folder: folder.path });
    try {
      store.ingest(profileAt(START_MS), 'host');
      await store.flush();
      await then(store);
    } finally {
      await store.close();
    }
  }

  it('is told once of a frame that has got its name later', async () => {
    await takeOne(async (store) => {
      const { named } = await nameFrames(store, 1, () => [{ functionName: 'found', line: 3 }]);
      assert.equal(named, 1);
    });
    await takeOne();
    assert.deepEqual((await queryStore(folder.path, COUNTS)).rows, [[5, 3]]);
    const names = "SELECT count(*)::INTEGER FROM frames WHERE function = 'found' AND line = 3";
    assert.deepEqual((await queryStore(folder.path, names)).rows, [[1]]);
  });

  it('is all there in a store of the version before', async () => {
    await takeOne((store) =>
      store.maintain(async (connection) => {
        for (const table of ['frame_rows', 'stack_rows']) {
          await connection.run(`ALTER TABLE ${table} ADD COLUMN identity_a UBIGINT DEFAULT 7;
            ALTER TABLE ${table} ADD COLUMN identity_b UBIGINT DEFAULT 8`);
        }
        await connection.run('ALTER TABLE frame_rows DROP COLUMN renamed');
        await connection.run("UPDATE meta SET value = '1' WHERE key = 'version'");
      }),
    );
    await takeOne();
    assert.deepEqual((await queryStore(folder.path, COUNTS)).rows, [[5, 3]]);
    const samples = 'SELECT count(*)::INTEGER FROM samples';
    assert.deepEqual((await queryStore(folder.path, samples)).rows, [[202]]);
  });

  it('counts on where everything that was known is forgotten', () => {
    const table = new SequenceTable();
    const numbers = Array.from({ length: 5_000 }, (_, i) => table.of([i, i + 1]));
    assert.deepEqual([numbers.at(-1), table.of([0, 1])], [4_999, 0]);
    table.forget();
    assert.equal(table.of([0, 1]), 5_000);
    assert.equal(table.of([0, 1]), 5_000);
    assert.equal(table.add([0, 1]), 5_001);
    assert.equal(table.of([0, 1]), 5_000);
    for (let i = 1; i < 3_000; i++) assert.equal(table.of([i, i + 1]), 5_001 + i);
    assert.deepEqual([...table.elements.view().subarray(2 * 5_001, 2 * 5_003)], [0, 1, 1, 2]);
  });
});
