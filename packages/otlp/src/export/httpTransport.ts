// SPDX-License-Identifier: Apache-2.0
// OTLP/HTTP with binary protobuf: one POST for each request, connections kept between them.

import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { SecureContext } from 'node:tls';
import { LIMITS } from '../limits.ts';
import { readExportResponse, readRpcStatus } from './answers.ts';
import { describe } from './describe.ts';
import { TlsContext } from './tls.ts';
import {
  authorityOf,
  type OtlpTarget,
  pathOfSignal,
  type SendResult,
  type Transport,
  type WireRequest,
} from './transport.ts';

/** OTLP specification, "Retryable Response Codes". */
const RETRYABLE_HTTP: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const PROTOBUF = 'application/x-protobuf';

export class HttpTransport implements Transport {
  readonly #target: OtlpTarget;
  readonly #tls: TlsContext;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #underWay = new Set<ClientRequest>();
  #isClosed = false;

  constructor(target: OtlpTarget) {
    this.#target = target;
    this.#tls = new TlsContext(target.tls);
    const options = { keepAlive: true, maxSockets: 2 };
    this.#agent = target.isSecure ? new HttpsAgent(options) : new HttpAgent(options);
  }

  send(request: WireRequest, timeoutMs: number): Promise<SendResult> {
    if (this.#isClosed) return Promise.resolve(retry('closed', 'the exporter is closed'));
    return new Promise((resolve) => {
      let call: ClientRequest;
      try {
        call = this.#start(request);
      } catch (error) {
        resolve(retry('connection', describe(error)));
        return;
      }
      this.#underWay.add(call);
      const timer = setTimeout(() => {
        resolve(retry('timeout', `no answer within ${timeoutMs} ms`));
        call.destroy();
      }, timeoutMs);
      const end = (result: SendResult): void => {
        clearTimeout(timer);
        this.#underWay.delete(call);
        resolve(result);
      };
      call.once('error', (error) => end(retry('connection', describe(error))));
      call.once('close', () => end(retry('connection', 'the connection ended without an answer')));
      call.once('response', (response) => readAnswer(response, end));
      call.end(request.body);
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const call of this.#underWay) call.destroy();
    this.#agent.destroy();
  }

  #start(request: WireRequest): ClientRequest {
    const { isSecure, host, port } = this.#target;
    const path = pathOfSignal(this.#target.path, request.signal);
    const options = { agent: this.#agent, host, port, path, method: 'POST' };
    const headers = this.#headers(request);
    if (!isSecure) return httpRequest({ ...options, headers });
    // Handed on to tls.connect, as all of its options are; the type declarations do not name it.
    const secure: { secureContext: SecureContext } = { secureContext: this.#tls.get() };
    return httpsRequest({ ...options, headers, ...secure });
  }

  #headers(request: WireRequest): OutgoingHttpHeaders {
    return {
      ...this.#target.headers,
      host: authorityOf(this.#target),
      'content-type': PROTOBUF,
      'content-length': request.body.length,
      'user-agent': this.#target.userAgent,
      ...(request.isGzip ? { 'content-encoding': 'gzip' } : {}),
    };
  }
}

function readAnswer(response: IncomingMessage, end: (result: SendResult) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= LIMITS.responseBytes) chunks.push(chunk);
    else response.destroy();
  });
  response.once('error', () => end(judge(response, Buffer.concat(chunks))));
  response.once('end', () => end(judge(response, Buffer.concat(chunks))));
  response.once('close', () => end(judge(response, Buffer.concat(chunks))));
}

function judge(response: IncomingMessage, body: Buffer): SendResult {
  const status = response.statusCode ?? 0;
  const contentType = String(response.headers['content-type']);
  const isProtobuf = contentType.startsWith(PROTOBUF);
  if (status >= 200 && status < 300) {
    // No collector writes pages: a proxy or a portal is in its place, and took nothing.
    if (contentType.startsWith('text/html')) return retry('HTML', 'a page instead of an answer');
    return isProtobuf || body.length === 0
      ? readExportResponse(body)
      : { kind: 'accepted', rejectedItems: 0, message: '' };
  }
  const reason = `HTTP ${status}`;
  const message = isProtobuf ? readRpcStatus(body).message : (response.statusMessage ?? '');
  if (!RETRYABLE_HTTP.has(status)) return { kind: 'refused', reason, message };
  const again: SendResult = { kind: 'retry', reason, message };
  const afterMs = retryAfterMs(response.headers['retry-after'], Date.now());
  return afterMs === undefined ? again : { ...again, afterMs };
}

/** Retry-After (RFC 9110, 10.2.3): seconds or a date; undefined where it is neither. */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1e3 : Date.parse(value) - nowMs;
  if (Number.isNaN(ms)) return undefined;
  return Math.min(LIMITS.retryAfterMaxMs, Math.max(0, ms));
}

function retry(reason: string, message: string): SendResult {
  return { kind: 'retry', reason, message };
}
