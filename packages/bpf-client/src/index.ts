// SPDX-License-Identifier: Apache-2.0

export { BPF_CLIENT_LIMITS } from './limits.ts';
export * from './process/bpfHelper.ts';
export * from './process/events.ts';
export * from './process/findHelper.ts';
export * from './process/helperError.ts';
export * from './process/hostNeeds.ts';
export * from './protocol/frames.ts';
export * from './protocol/goMessages.ts';
export * from './protocol/messages.ts';
export * from './protocol/names.ts';
export * from './protocol/processEvents.ts';
export * from './protocol/rawCopies.ts';
export * from './protocol/samples.ts';
export * from './protocol/spanRecords.ts';
export * from './protocol/traces.ts';
