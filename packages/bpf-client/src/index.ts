// SPDX-License-Identifier: Apache-2.0
export * from './helper/events.ts';
export * from './helper/findHelper.ts';
export * from './helper/helper.ts';
export * from './helper/helperError.ts';
export { BPF_CLIENT_LIMITS } from './limits.ts';
export * from './protocol/frames.ts';
export * from './protocol/messages.ts';
export * from './protocol/names.ts';
export * from './protocol/processEvents.ts';
export * from './protocol/rawCopies.ts';
export * from './protocol/samples.ts';
export * from './protocol/traces.ts';
