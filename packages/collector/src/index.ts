// SPDX-License-Identifier: Apache-2.0
export * from './collector.ts';
export * from './limits.ts';
export type { SqlAnswer } from './query/sql.ts';
export * from './store/duckdb.ts';
export * from './store/retention.ts';
export * from './store/store.ts';
export * from './storeQuery.ts';
