// SPDX-License-Identifier: Apache-2.0
export * from './build/buildUnwindTable.ts';
export type { UnwindSource } from './build/tableLayers.ts';
export { UNWIND_LIMITS } from './limits.ts';
export * from './synthetic/vdso.ts';
export * from './table/layout.ts';
export * from './table/readTable.ts';
export type { SideRule } from './table/sideRules.ts';
