// SPDX-License-Identifier: Apache-2.0
// Unary gRPC calls over node:http2 (the protocol: "gRPC over HTTP2" in grpc/doc). One connection,
// made when needed, dropped when an attempt times out: a peer that fell silent is found that way.
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import { gunzipSync } from 'node:zlib';
import { LIMITS } from '../limits.ts';
import { readExportResponse, readRpcStatus } from './answers.ts';
import { describe, shorten } from './describe.ts';
import { grpcStatusName, grpcStatusOfHttp, isRetryableGrpcStatus } from './grpcStatus.ts';
import { TlsContext } from './tls.ts';
import {
  authorityOf,
  type OtlpTarget,
  type SendResult,
  type Signal,
  type Transport,
  type WireRequest,
} from './transport.ts';

const PREFIX_BYTES = 5;
const KEEP_ALIVE_MS = 30_000;

const METHOD: Readonly<Record<Signal, string>> = {
  profiles: '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export',
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
};

interface Answer {
  headers: IncomingHttpHeaders;
  trailers: IncomingHttpHeaders;
  readonly chunks: Buffer[];
  bytes: number;
}

export class GrpcTransport implements Transport {
  readonly #target: OtlpTarget;
  readonly #tls: TlsContext;
  #session: ClientHttp2Session | undefined;
  /** Also those that only finish what is under way. */
  readonly #open = new Set<ClientHttp2Session>();
  #connectionError = '';
  #isClosed = false;

  constructor(target: OtlpTarget) {
    this.#target = target;
    this.#tls = new TlsContext(target.tls);
  }

  async send(request: WireRequest, timeoutMs: number): Promise<SendResult> {
    const first = await this.#attempt(request, timeoutMs);
    if (first !== 'refused stream') return first;
    const second = await this.#attempt(request, timeoutMs);
    return second === 'refused stream' ? retry('connection', 'the stream was refused') : second;
  }

  async #attempt(request: WireRequest, timeoutMs: number): Promise<SendResult | 'refused stream'> {
    if (this.#isClosed) return retry('closed', 'the exporter is closed');
    try {
      return await this.#call(this.#connected(), request, timeoutMs);
    } catch (error) {
      this.#session?.destroy();
      return retry('connection', describe(error));
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const session of this.#open) session.destroy();
  }

  #connected(): ClientHttp2Session {
    const open = this.#session;
    if (open !== undefined && !open.closed && !open.destroyed) return open;
    const { isSecure } = this.#target;
    const scheme = isSecure ? 'https' : 'http';
    const session = connect(`${scheme}://${authorityOf(this.#target)}`, {
      settings: { enablePush: false },
      ...(isSecure ? { secureContext: this.#tls.get() } : {}),
    });
    this.#connectionError = '';
    session.on('error', (error) => {
      if (this.#session === session) this.#connectionError = describe(error);
    });
    session.once('connect', (_session, socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS));
    // The server will take no further calls on this connection.
    session.once('goaway', () => this.#forget(session));
    session.once('close', () => {
      this.#open.delete(session);
      this.#forget(session);
    });
    this.#open.add(session);
    this.#session = session;
    return session;
  }

  #forget(session: ClientHttp2Session): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    if (!session.destroyed) session.close();
  }

  #call(
    session: ClientHttp2Session,
    request: WireRequest,
    timeoutMs: number,
  ): Promise<SendResult | 'refused stream'> {
    const stream = session.request(this.#headers(request, timeoutMs));
    const answer: Answer = { headers: {}, trailers: {}, chunks: [], bytes: 0 };
    return new Promise((resolve) => {
      let failure = '';
      const timer = setTimeout(() => {
        resolve(retry('timeout', `no answer within ${timeoutMs} ms`));
        stream.close(constants.NGHTTP2_CANCEL);
        session.destroy();
      }, timeoutMs);
      stream.on('response', (headers) => {
        answer.headers = headers;
      });
      stream.on('trailers', (trailers) => {
        answer.trailers = trailers;
      });
      stream.on('data', (chunk: Buffer) => {
        answer.bytes += chunk.length;
        if (answer.bytes <= LIMITS.responseBytes) answer.chunks.push(chunk);
        else stream.close(constants.NGHTTP2_CANCEL);
      });
      stream.on('error', (error) => {
        failure = describe(error);
      });
      stream.once('close', () => {
        clearTimeout(timer);
        // Sent while the server was ending the connection: it says that it did not look at the call
        // (RFC 9113, 8.7), so that it may go out again at once.
        if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM) {
          this.#forget(session);
          resolve('refused stream');
        } else resolve(this.#judge(answer, failure || this.#connectionError));
      });
      const prefix = Buffer.alloc(PREFIX_BYTES);
      prefix[0] = request.isGzip ? 1 : 0;
      prefix.writeUInt32BE(request.body.length, 1);
      stream.write(prefix);
      stream.end(request.body);
    });
  }

  #headers(request: WireRequest, timeoutMs: number): Record<string, string> {
    return {
      ...this.#target.headers,
      ':method': 'POST',
      ':path': METHOD[request.signal],
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': this.#target.userAgent,
      'grpc-timeout': `${Math.min(99_999_999, Math.max(1, Math.ceil(timeoutMs)))}m`,
      'grpc-accept-encoding': 'identity,gzip',
      ...(request.isGzip ? { 'grpc-encoding': 'gzip' } : {}),
    };
  }

  #judge(answer: Answer, failure: string): SendResult {
    const { headers, trailers } = answer;
    const code = trailers['grpc-status'] ?? headers['grpc-status'];
    if (code === undefined) return judgeWithoutStatus(headers[':status'], failure);
    const name = grpcStatusName(Number(code));
    if (name === 'OK') return readAnswer(answer);
    const details = trailers['grpc-status-details-bin'] ?? headers['grpc-status-details-bin'];
    const status = readRpcStatus(Buffer.from(String(details ?? ''), 'base64'));
    const message = decodeMessage(trailers['grpc-message'] ?? headers['grpc-message']);
    const hasRetryInfo = status.retryAfterMs !== undefined;
    if (!isRetryableGrpcStatus(name, hasRetryInfo))
      return { kind: 'refused', reason: name, message };
    const again: SendResult = { kind: 'retry', reason: name, message };
    return hasRetryInfo ? { ...again, afterMs: status.retryAfterMs! } : again;
  }
}

function readAnswer(answer: Answer): SendResult {
  const body = Buffer.concat(answer.chunks);
  if (body.length < PREFIX_BYTES) return readExportResponse(body.subarray(0, 0));
  const message = body.subarray(PREFIX_BYTES, PREFIX_BYTES + body.readUInt32BE(1));
  // grpc-go compresses its answer as the request was, whatever grpc-accept-encoding says.
  return readExportResponse(body[0] === 1 ? unzip(message) : message);
}

/** What cannot be unpacked stays as it is: unreadable, but accepted all the same. */
function unzip(message: Buffer): Buffer {
  try {
    return gunzipSync(message, { maxOutputLength: LIMITS.responseBytes });
  } catch {
    return message;
  }
}

/** The call ended without a gRPC status: by a proxy, by no HTTP/2 server at all, or half-way. */
function judgeWithoutStatus(httpStatus: unknown, failure: string): SendResult {
  const status = Number(httpStatus);
  if (!(status >= 100) || status === 200)
    return retry('connection', failure || 'the connection ended without an answer');
  const name = grpcStatusOfHttp(status);
  const message = `HTTP status ${status} instead of a gRPC answer`;
  return isRetryableGrpcStatus(name, false)
    ? retry(name, message)
    : { kind: 'refused', reason: name, message };
}

/** grpc-message is percent-encoded UTF-8. */
function decodeMessage(value: unknown): string {
  const text = String(value ?? '');
  try {
    return shorten(decodeURIComponent(text));
  } catch {
    return shorten(text);
  }
}

function retry(reason: string, message: string): SendResult {
  return { kind: 'retry', reason, message };
}
