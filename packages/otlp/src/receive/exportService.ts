// SPDX-License-Identifier: Apache-2.0
// What both protocols do with the bytes of a request: decode, hand on, encode the answer.
import { decodeMessage } from '../messages/decodeMessage.ts';
import { encodeMessage } from '../messages/encodeMessage.ts';
import { OTLP_EXPORT_PROFILES_SERVICE_RESPONSE } from '../messages/profilesService.ts';
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

/** @returns the encoded answer. @throws Refusal and nothing else */
export async function takeRequest(
  signal: ReceivedSignal,
  bytes: Uint8Array,
  sink: OtlpSink,
  peer: Peer,
): Promise<Uint8Array> {
  const limits = { bytes: RECEIVE_LIMITS.messageBytes, fields: RECEIVE_LIMITS.messageFields };
  try {
    if (signal === 'profiles') {
      const request = decodeProfilesRequest(bytes, limits);
      const { rejected, message } = await sink.profiles(request, peer);
      const told = { rejectedProfiles: rejected, errorMessage: clipped(message) };
      const partialSuccess = rejected > 0 || message !== '' ? told : undefined;
      return encodeMessage(OTLP_EXPORT_PROFILES_SERVICE_RESPONSE, { partialSuccess });
    }
    const request = decodeMessage(OTLP_EXPORT_TRACE_SERVICE_REQUEST, bytes, limits);
    const { rejected, message } = await sink.traces(request, peer);
    const told = { rejectedSpans: rejected, errorMessage: clipped(message) };
    const partialSuccess = rejected > 0 || message !== '' ? told : undefined;
    return encodeMessage(OTLP_EXPORT_TRACE_SERVICE_RESPONSE, { partialSuccess });
  } catch (error) {
    throw asRefusal(error);
  }
}

/** Any error as one that a sender can be told. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof ProtoError) {
    return new Refusal('malformed', `not an OTLP export request: ${error.message}`);
  }
  return new Refusal('defect', 'the receiver failed');
}

export function clipped(text: string): string {
  const { messageChars } = RECEIVE_LIMITS;
  return text.length <= messageChars ? text : `${text.slice(0, messageChars)}…`;
}
