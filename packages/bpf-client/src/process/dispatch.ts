// SPDX-License-Identifier: Apache-2.0
import { FrameKind } from '../protocol/frames.ts';
import type { LogMessage, NewFile, Statistics } from '../protocol/messages.ts';
import { forEachName } from '../protocol/names.ts';
import { forEachProcessEvent } from '../protocol/processEvents.ts';
import { forEachRawCopy } from '../protocol/rawCopies.ts';
import { parseSamples } from '../protocol/samples.ts';
import { forEachSpan } from '../protocol/spanRecords.ts';
import { forEachTrace } from '../protocol/traces.ts';
import type { HelperEvents } from './events.ts';

/**
 * Hands one frame that is no reply to whoever takes its kind. Unknown kinds are passed over.
 * @throws RangeError, SyntaxError for a payload that is not as its kind says
 */
export function dispatchFrame(kind: number, payload: Buffer, events: HelperEvents): void {
  const parser = PARSERS[kind];
  if (parser !== undefined) parser(payload, events);
}

const PARSERS: Readonly<Record<number, (payload: Buffer, events: HelperEvents) => void>> = {
  [FrameKind.processEvents]: (payload, { processEvent }) => {
    if (processEvent !== undefined) forEachProcessEvent(payload, processEvent);
  },
  [FrameKind.files]: (payload, { files }) => files?.(json<NewFile[]>(payload)),
  [FrameKind.traces]: (payload, { trace }) => {
    if (trace !== undefined) forEachTrace(payload, trace);
  },
  [FrameKind.samples]: (payload, { samples }) => samples?.(parseSamples(payload)),
  [FrameKind.rawCopies]: (payload, { rawCopy }) => {
    if (rawCopy !== undefined) forEachRawCopy(payload, process.arch, rawCopy);
  },
  [FrameKind.spans]: (payload, { span }) => {
    if (span !== undefined) forEachSpan(payload, span);
  },
  [FrameKind.statistics]: (payload, { statistics }) => statistics?.(json<Statistics>(payload)),
  [FrameKind.log]: (payload, { log }) => log?.(json<LogMessage>(payload)),
  [FrameKind.names]: (payload, { name }) => {
    if (name !== undefined) forEachName(payload, name);
  },
};

function json<T>(payload: Buffer): T {
  return JSON.parse(payload.toString('utf8')) as T;
}
