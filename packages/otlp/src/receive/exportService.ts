// SPDX-License-Identifier: Apache-2.0
// What both protocols do with the bytes of a request: decode, hand on, encode the answer.
import { decodeMessage } from '../messages/decodeMessage.ts';
import { encodeMessage } from '../messages/encodeMessage.ts';
import { JsonMessageError, protobufOfJson } from '../messages/jsonMessage.ts';
import type { AnyMessageType } from '../messages/messageType.ts';
import {
  OTLP_EXPORT_PROFILES_SERVICE_REQUEST,
  OTLP_EXPORT_PROFILES_SERVICE_RESPONSE,
} from '../messages/profilesService.ts';
import {
  OTLP_EXPORT_TRACE_SERVICE_REQUEST,
  OTLP_EXPORT_TRACE_SERVICE_RESPONSE,
  type OtlpExportTraceServiceRequest,
} from '../messages/traceService.ts';
import { decodeProfilesRequest, type OtlpProfilesRequest } from '../profiles/decodeProfiles.ts';
import { ProtoError } from '../wire/protoReader.ts';
import { Refusal } from './receiveError.ts';
import { RECEIVE_LIMITS } from './receiveLimits.ts';

/** Who sends. */
export interface Peer {
  readonly address: string;
}

/** What was not taken of a request, or is worth telling its sender; all zero and empty mostly. */
export interface ExportOutcome {
  readonly rejected: number;
  readonly message: string;
}

/** Takes what is received. A {@link Refusal} thrown here becomes the sender's status. */
export interface OtlpSink {
  profiles(request: OtlpProfilesRequest, peer: Peer): Promise<ExportOutcome>;
  traces(request: OtlpExportTraceServiceRequest, peer: Peer): Promise<ExportOutcome>;
}

export type ReceivedSignal = 'profiles' | 'traces';

const LIMITS = { bytes: RECEIVE_LIMITS.messageBytes, fields: RECEIVE_LIMITS.messageFields };

/** @returns what the sender is told. @throws Refusal and nothing else */
export async function takeRequest(
  signal: ReceivedSignal,
  bytes: Uint8Array,
  sink: OtlpSink,
  peer: Peer,
): Promise<ExportOutcome> {
  try {
    const { rejected, message } =
      signal === 'profiles'
        ? await sink.profiles(decodeProfilesRequest(bytes, LIMITS), peer)
        : await sink.traces(decodeMessage(OTLP_EXPORT_TRACE_SERVICE_REQUEST, bytes, LIMITS), peer);
    return { rejected, message: clipped(message) };
  } catch (error) {
    throw asRefusal(error);
  }
}

/** ExportProfilesServiceResponse or ExportTraceServiceResponse. */
export function encodeAnswer(signal: ReceivedSignal, { rejected, message }: ExportOutcome): Buffer {
  const isWhole = rejected === 0 && message === '';
  if (signal === 'profiles') {
    const told = { rejectedProfiles: rejected, errorMessage: message };
    const partialSuccess = isWhole ? undefined : told;
    return encodeMessage(OTLP_EXPORT_PROFILES_SERVICE_RESPONSE, { partialSuccess });
  }
  const partialSuccess = isWhole ? undefined : { rejectedSpans: rejected, errorMessage: message };
  return encodeMessage(OTLP_EXPORT_TRACE_SERVICE_RESPONSE, { partialSuccess });
}

/** The same in OTLP's JSON form. */
export function answerJson(signal: ReceivedSignal, { rejected, message }: ExportOutcome): string {
  if (rejected === 0 && message === '') return '{}';
  const count = signal === 'profiles' ? 'rejectedProfiles' : 'rejectedSpans';
  return JSON.stringify({ partialSuccess: { [count]: String(rejected), errorMessage: message } });
}

/** A request's JSON as protobuf. @throws Refusal */
export function requestOfJson(signal: ReceivedSignal, body: Buffer): Buffer {
  const { jsonBytes } = RECEIVE_LIMITS;
  if (body.length > jsonBytes) {
    throw new Refusal('tooLarge', `more than ${jsonBytes} bytes of JSON: protobuf may be larger`);
  }
  const type: AnyMessageType =
    signal === 'profiles'
      ? OTLP_EXPORT_PROFILES_SERVICE_REQUEST
      : OTLP_EXPORT_TRACE_SERVICE_REQUEST;
  try {
    return protobufOfJson(type, body.toString(), LIMITS);
  } catch (error) {
    throw asRefusal(error);
  }
}

/** Any error as one that a sender can be told. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof ProtoError || error instanceof JsonMessageError) {
    return new Refusal('malformed', `not an OTLP export request: ${error.message}`);
  }
  return new Refusal('defect', 'the receiver failed');
}

export function clipped(text: string): string {
  const { messageChars } = RECEIVE_LIMITS;
  return text.length <= messageChars ? text : `${text.slice(0, messageChars)}…`;
}
