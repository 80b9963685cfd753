// SPDX-License-Identifier: Apache-2.0
export * from './build/buildUnwindTable.ts';
export type { UnwindSource } from './build/tableLayers.ts';
export { readTableFile, TableCache, writeTable } from './cache/tableCache.ts';
export { tableKey } from './cache/tableKey.ts';
export { UNWIND_LIMITS } from './limits.ts';
export * from './model/ends.ts';
export * from './model/machines.ts';
export * from './model/mappings.ts';
export * from './model/memory.ts';
export * from './model/unwinderModel.ts';
export * from './synthetic/vdso.ts';
export * from './table/layout.ts';
export * from './table/readTable.ts';
export type { SideRule } from './table/sideRules.ts';
export * from './unwindTables.ts';
export { serveUnwindTables } from './worker/serveTables.ts';
export type { MadeTable } from './worker/tableJob.ts';
