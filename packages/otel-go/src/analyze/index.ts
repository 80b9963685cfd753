// SPDX-License-Identifier: Apache-2.0
export * from './analyzeGo.ts';
export * from './catalog.ts';
export { isBuiltByUs } from './ownInstrumentation.ts';
export * from './sqlDrivers.ts';
export type * from './types.ts';
