// SPDX-License-Identifier: Apache-2.0
// OTLP over HTTP (opentelemetry.io/docs/specs/otlp, "OTLP/HTTP"), binary protobuf and JSON. Answers
// have the form of their requests.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { ProtoWriter } from '../wire/protoWriter.ts';
import {
  answerJson,
  asRefusal,
  clipped,
  encodeAnswer,
  type OtlpSink,
  type ReceivedSignal,
  requestOfJson,
  takeRequest,
} from './exportService.ts';
import { Refusal, type RefusalKind } from './receiveError.ts';
import { RECEIVE_LIMITS } from './receiveLimits.ts';
import { type RequestRoom, readBody, unpackBody } from './requestBody.ts';

export type AnyRequest = IncomingMessage | Http2ServerRequest;
export type AnyResponse = ServerResponse | Http2ServerResponse;

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const KNOWN_TYPES = new Set([PROTOBUF, 'application/protobuf', JSON_TYPE]);

const PATHS: ReadonlyMap<string, ReceivedSignal> = new Map([
  ['/v1development/profiles', 'profiles'],
  ['/v1/traces', 'traces'],
]);

/** Headers that say what would be taken. */
const ADVICE: Readonly<Partial<Record<RefusalKind, Record<string, string>>>> = {
  overloaded: { 'retry-after': String(RECEIVE_LIMITS.retryAfterSeconds) },
  wrongVerb: { allow: 'POST' },
};

export interface OtlpHttpOptions {
  readonly sink: OtlpSink;
  readonly room: RequestRoom;
  readonly isAllowed: (headers: AnyRequest['headers']) => boolean;
}

/** The signal that a path takes; undefined for all that is not OTLP's. */
export function otlpSignalOf(url: string | undefined): ReceivedSignal | undefined {
  return PATHS.get((url ?? '').split('?', 1)[0]!);
}

/** Answers one request to a path of {@link otlpSignalOf}; never throws. */
export async function serveOtlpHttp(
  signal: ReceivedSignal,
  request: AnyRequest,
  response: AnyResponse,
  options: OtlpHttpOptions,
): Promise<void> {
  const share = options.room.begin();
  const contentType = typeOf(request) === JSON_TYPE ? JSON_TYPE : PROTOBUF;
  try {
    const answer = await exchange(signal, request, options, share);
    send(response, 200, contentType, {}, answer);
  } catch (error) {
    const refusal = asRefusal(error);
    const more: Record<string, string> = { ...ADVICE[refusal.kind] };
    // What is left of the request is not waited for.
    if (!request.complete && request.httpVersionMajor === 1) more['connection'] = 'close';
    const body = contentType === JSON_TYPE ? jsonStatus(refusal) : rpcStatus(refusal);
    send(response, refusal.httpStatus, contentType, more, body);
  } finally {
    share.end();
  }
}

async function exchange(
  signal: ReceivedSignal,
  request: AnyRequest,
  { sink, room: _room, isAllowed }: OtlpHttpOptions,
  share: ReturnType<RequestRoom['begin']>,
): Promise<Uint8Array> {
  const { headers, method } = request;
  if (method !== 'POST') throw new Refusal('wrongVerb', 'POST is expected');
  if (!isAllowed(headers)) throw new Refusal('unauthenticated', 'a token is needed');
  const type = typeOf(request);
  if (!KNOWN_TYPES.has(type)) {
    const expected = `${PROTOBUF} or ${JSON_TYPE}`;
    throw new Refusal('unsupported', `content-type ${clipped(type)}: expected ${expected}`);
  }
  const body = await readBody(request, share);
  const encoding = String(headers['content-encoding'] ?? '').toLowerCase();
  const message = await unpackBody(body, encoding, share);
  const peer = { address: request.socket?.remoteAddress ?? '' };
  if (type !== JSON_TYPE) {
    return encodeAnswer(signal, await takeRequest(signal, message, sink, peer));
  }
  const outcome = await takeRequest(signal, requestOfJson(signal, message), sink, peer);
  return Buffer.from(answerJson(signal, outcome));
}

function typeOf({ headers }: AnyRequest): string {
  return (headers['content-type'] ?? PROTOBUF).split(';', 1)[0]!.trim().toLowerCase();
}

function send(
  response: AnyResponse,
  status: number,
  contentType: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): void {
  if (response.destroyed || response.headersSent) return;
  const all = { 'content-type': contentType, 'content-length': String(body.length), ...headers };
  (response as ServerResponse).writeHead(status, all);
  response.end(body as Buffer);
}

function jsonStatus({ grpcStatus, message }: Refusal): Uint8Array {
  return Buffer.from(JSON.stringify({ code: grpcStatus, message: clipped(message) }));
}

/** google.rpc.Status { code = 1, message = 2 }. */
function rpcStatus({ grpcStatus, message }: Refusal): Uint8Array {
  const writer = new ProtoWriter(64);
  writer.uintField(1, grpcStatus);
  writer.stringField(2, clipped(message));
  return writer.finish();
}
