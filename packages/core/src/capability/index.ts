// SPDX-License-Identifier: Apache-2.0
export * from './answer.ts';
export * from './binaryCache.ts';
export * from './binaryFacts.ts';
export * from './explainTarget.ts';
export * from './host/hostChecks.ts';
export * from './host/types.ts';
export * from './inventory.ts';
export * from './runtime/detectRuntime.ts';
export * from './runtime/types.ts';
export * from './target.ts';
