// SPDX-License-Identifier: Apache-2.0
import type { ServerResponse } from 'node:http';
import { constants, gzip } from 'node:zlib';
import type { AnyRequest, AnyResponse } from '@otelkit/otlp';
import type { ApiError } from '@otelkit/viewer/contract';
import { isNear } from './access.ts';
import { jsonBytes } from './json.ts';

/** Answers below this are not worth compressing. */
const SMALL_BYTES = 1_024;

/** Of every answer: nothing is kept, nothing of elsewhere is loaded, nobody frames the page. */
const COMMON: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'self'; img-src 'self' data: blob:; " +
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

export type Headers = Readonly<Record<string, string>>;

export function head(response: AnyResponse, status: number, headers: Headers): void {
  if (response.destroyed || response.headersSent) return;
  (response as ServerResponse).writeHead(status, { ...COMMON, ...headers });
}

export function sendJson(request: AnyRequest, response: AnyResponse, value: unknown): void {
  const body = jsonBytes(value);
  sendBytes(request, response, 200, { 'content-type': 'application/json' }, body);
}

/** @param hint what to do about it; '' for nothing */
export function sendError(
  request: AnyRequest,
  response: AnyResponse,
  status: number,
  message: string,
  hint = '',
): void {
  const error: ApiError = { error: { message, hint } };
  const body = Buffer.from(JSON.stringify(error));
  sendBytes(request, response, status, { 'content-type': 'application/json' }, body);
}

/** Compressed where the asker can unpack it, and is not on this host: packing takes longer then. */
export function sendBytes(
  request: AnyRequest,
  response: AnyResponse,
  status: number,
  headers: Headers,
  body: Buffer,
): void {
  const accepts =
    !isNear(request.socket?.remoteAddress ?? '') &&
    /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const end = (bytes: Buffer, more: Headers): void => {
    const length = { 'content-length': String(bytes.length) };
    head(response, status, { ...headers, ...more, ...length });
    response.end(request.method === 'HEAD' ? undefined : (bytes as never));
  };
  if (!accepts || body.length < SMALL_BYTES) {
    end(body, {});
    return;
  }
  // The fastest level: a person waits for it.
  gzip(body, { level: constants.Z_BEST_SPEED }, (error, packed) => {
    if (error !== null) end(body, {});
    else end(packed, { 'content-encoding': 'gzip', vary: 'accept-encoding' });
  });
}
