// SPDX-License-Identifier: Apache-2.0
// SQL on a store from outside: the file itself, or the collector that has it open.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { refuseWrites, runSql, type SqlAnswer } from './query/sql.ts';
import { readAnnouncement } from './store/announcement.ts';
import { type Connection, openDatabase, StoreError } from './store/duckdb.ts';
import { STORE_FILE } from './store/store.ts';

export async function queryStore(folder: string, sql: string): Promise<SqlAnswer> {
  try {
    return await withFile(folder, (connection) => runSql(connection, sql));
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'IN_USE') throw error;
    return askCollector(folder, sql, error);
  }
}

/** Writes an answer of any size. @throws StoreError IN_USE while a collector runs */
export async function queryToParquet(folder: string, sql: string, path: string): Promise<void> {
  await withFile(folder, async (connection) => {
    await refuseWrites(connection, sql);
    const statement = sql.trim().replace(/;+$/, '');
    await connection.run(
      `COPY (${statement}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`,
    );
  });
}

async function withFile<T>(
  folder: string,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const path = join(folder, STORE_FILE);
  if (!existsSync(path)) {
    throw new StoreError('UNREADABLE', `${folder}: no store is there`, 'give its folder: --store');
  }
  const instance = await openDatabase(path, true);
  try {
    const connection = await instance.connect();
    return await use(connection);
  } finally {
    instance.closeSync();
  }
}

async function askCollector(folder: string, sql: string, inUse: StoreError): Promise<SqlAnswer> {
  const collector = readAnnouncement(folder);
  if (collector === undefined) throw inUse;
  const response = await fetch(new URL('/api/query', collector.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${collector.token}` },
    body: JSON.stringify({ sql }),
  }).catch((error: Error) => {
    throw new StoreError('IN_USE', `${inUse.message}, and does not answer: ${error.message}`);
  });
  const answer = (await response.json()) as SqlAnswer & {
    readonly error?: { readonly message: string; readonly hint: string };
  };
  if (answer.error === undefined) return answer;
  throw new StoreError('QUERY', answer.error.message, answer.error.hint);
}
