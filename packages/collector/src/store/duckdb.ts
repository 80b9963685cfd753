// SPDX-License-Identifier: Apache-2.0
// DuckDB behind one door. It is an optional dependency with a binary inside: a tool must start, and
// say what is missing, where no binary fits the machine.
import { statSync } from 'node:fs';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { COLLECTOR_LIMITS } from '../limits.ts';

export type DuckDb = typeof import('@duckdb/node-api');
export type Connection = DuckDBConnection;
export type Instance = DuckDBInstance;

export type StoreErrorCode = 'NO_ENGINE' | 'IN_USE' | 'NEWER_STORE' | 'UNREADABLE' | 'QUERY';

/** The store cannot do what was asked of it. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  readonly hint: string;

  constructor(code: StoreErrorCode, message: string, hint = '') {
    super(message);
    this.name = 'StoreError';
    this.code = code;
    this.hint = hint;
  }
}

let loaded: Promise<DuckDb> | undefined;

/** @throws StoreError NO_ENGINE */
export function loadDuckDb(): Promise<DuckDb> {
  // Node's realpathSync looks at whatever was asked for last by fstat: after a pipe (our stdin or
  // stdout) it takes links of node_modules for folders, and DuckDB's own modules are not found.
  statSync('/');
  loaded ??= import('@duckdb/node-api').catch((error: Error) => {
    const [why = ''] = error.message.split('\n');
    throw new StoreError(
      'NO_ENGINE',
      `the store needs DuckDB, which is not there: ${why}`,
      `npm install @duckdb/node-api (there are binaries for glibc and musl on x64 and arm64)`,
    );
  });
  return loaded;
}

/** @param path of the file; `:memory:` for none. @throws StoreError */
export async function openDatabase(path: string, isReadOnly: boolean): Promise<Instance> {
  const duckdb = await loadDuckDb();
  const flushBytes = `${COLLECTOR_LIMITS.allocatorFlushBytes / 1_048_576}MiB`;
  const options = {
    threads: String(COLLECTOR_LIMITS.databaseThreads),
    memory_limit: `${COLLECTOR_LIMITS.databaseMemoryBytes / 1_048_576}MiB`,
    // Its allocator keeps what was freed for later, up to 128 MB of it otherwise.
    allocator_flush_threshold: flushBytes,
    allocator_bulk_deallocation_flush_threshold: flushBytes,
    // Nothing is fetched from anywhere, whatever a query says.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'false',
    // Groups of up to so many bits take a place of their own instead of being hashed: sums by stack
    // are six times as fast, for 12 MB of the engine's memory at most.
    perfect_ht_threshold: '18',
    ...(isReadOnly && { access_mode: 'READ_ONLY' }),
  };
  try {
    return await duckdb.DuckDBInstance.create(path, options);
  } catch (error) {
    const text = (error as Error).message;
    if (/lock/i.test(text)) {
      throw new StoreError('IN_USE', `${path}: another process has it open`);
    }
    throw new StoreError('UNREADABLE', `${path}: ${text.split('\n')[0]}`);
  }
}
