// SPDX-License-Identifier: Apache-2.0
// The server's side of unary gRPC calls ("gRPC over HTTP2" in grpc/doc): Export of profiles and
// traces, and the health check that load balancers ask for.
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import {
  asRefusal,
  clipped,
  encodeAnswer,
  type OtlpSink,
  type ReceivedSignal,
  takeRequest,
} from './exportService.ts';
import { Refusal } from './receiveError.ts';
import { RECEIVE_LIMITS } from './receiveLimits.ts';
import { type RequestRoom, type RoomShare, readBody, unpackBody } from './requestBody.ts';

const PREFIX_BYTES = 5;
const HEALTH = '/grpc.health.v1.Health/Check';
/** HealthCheckResponse { status: SERVING }. */
const SERVING = Uint8Array.of(0x08, 0x01);

const METHODS: ReadonlyMap<string, ReceivedSignal> = new Map([
  ['/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export', 'profiles'],
  ['/opentelemetry.proto.collector.trace.v1.TraceService/Export', 'traces'],
]);

export interface GrpcOptions {
  readonly sink: OtlpSink;
  readonly room: RequestRoom;
  /** Whether these headers may send data. */
  readonly isAllowed: (headers: IncomingHttpHeaders) => boolean;
}

export function isGrpc(headers: IncomingHttpHeaders): boolean {
  return (headers['content-type'] ?? '').startsWith('application/grpc');
}

/** Answers one call, whatever it is; never throws. */
export async function serveGrpc(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  options: GrpcOptions,
): Promise<void> {
  stream.on('error', () => {});
  const share = options.room.begin();
  try {
    const address = stream.session?.socket?.remoteAddress ?? '';
    const message = await call(stream, headers, options, share, address);
    respond(stream, message);
  } catch (error) {
    fail(stream, asRefusal(error));
  } finally {
    share.end();
  }
}

async function call(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  { sink, isAllowed }: GrpcOptions,
  share: RoomShare,
  address: string,
): Promise<Uint8Array> {
  const path = headers[':path'] ?? '';
  const signal = METHODS.get(path);
  if (signal === undefined && path !== HEALTH) {
    throw new Refusal('unknownMethod', `unknown method ${clipped(path)}`);
  }
  if (!isAllowed(headers)) throw new Refusal('unauthenticated', 'a token is needed');
  const body = await readBody(stream, share);
  if (signal === undefined) return SERVING;
  const message = await messageOf(body, String(headers['grpc-encoding'] ?? ''), share);
  return encodeAnswer(signal, await takeRequest(signal, message, sink, { address }));
}

/** The one message of a unary call. */
async function messageOf(body: Buffer, encoding: string, share: RoomShare): Promise<Buffer> {
  if (body.length < PREFIX_BYTES) {
    throw new Refusal('malformed', 'no message: its 5 byte prefix is missing');
  }
  const length = body.readUInt32BE(1);
  if (length !== body.length - PREFIX_BYTES) {
    const found = body.length - PREFIX_BYTES;
    throw new Refusal('malformed', `the prefix says ${length} bytes, ${found} follow`);
  }
  const message = body.subarray(PREFIX_BYTES);
  if (body[0] === 0) return message;
  if (body[0] === 1) return unpackBody(message, encoding || 'gzip', share);
  throw new Refusal('malformed', `compressed flag is ${body[0]}`);
}

function respond(stream: ServerHttp2Stream, message: Uint8Array): void {
  if (stream.destroyed) return;
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-accept-encoding': 'identity,gzip,deflate',
    },
    { waitForTrailers: true },
  );
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  stream.end(Buffer.concat([prefix, message]));
}

/** A status without a message: "Trailers-Only". */
function fail(stream: ServerHttp2Stream, { grpcStatus, kind, message }: Refusal): void {
  if (stream.destroyed) return;
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-accept-encoding': 'identity,gzip,deflate',
      'grpc-status': String(grpcStatus),
      'grpc-message': encodeURIComponent(clipped(message)),
      ...(kind === 'overloaded' && { 'retry-after': String(RECEIVE_LIMITS.retryAfterSeconds) }),
    },
    { endStream: true },
  );
  // The client may still be sending: it is told that nobody listens.
  if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
}
