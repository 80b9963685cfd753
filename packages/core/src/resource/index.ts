// SPDX-License-Identifier: Apache-2.0
export * from './environment.ts';
export * from './hostResource.ts';
export * from './processResource.ts';
export * from './publishedAttributes.ts';
export * from './resourceAttributes.ts';
export * from './types.ts';
export * from './wallClock.ts';
