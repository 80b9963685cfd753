// SPDX-License-Identifier: Apache-2.0
// A collector of a few lines over OTLP/HTTP that can be away, slow or out of its mind. It counts what
// it took as a collector does: a request whose answer was `accepted`.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeMessage, OTLP_EXPORT_PROFILES_SERVICE_REQUEST } from '@otelkit/otlp';

/** One request, unpacked. */
export interface TakenRequest {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
  readonly samples: number;
}

/** Answers one request; true when it took it. */
export type Answer = (
  response: ServerResponse,
  request: TakenRequest,
) => boolean | Promise<boolean>;

/** Taken only if the answer went out: otherwise nobody can know, and it is sent again. */
export const accept: Answer = (response) => {
  if (response.closed) return false;
  const sent = new Promise<boolean>((resolve) => {
    response.once('close', () => resolve(response.writableFinished));
  });
  response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  return sent;
};

export class StandInCollector {
  /** Accepted ones, in the order of their arrival. */
  readonly taken: TakenRequest[] = [];
  /** Attempts, accepted or not. */
  attempts = 0;
  answer: Answer = accept;
  #server: Server | undefined;
  #port = 0;

  /** Listens on a port of its own; after {@link goAway} on the same one again. */
  async start(): Promise<void> {
    const server = createServer((request, response) => this.#receive(request, response));
    server.keepAliveTimeout = 120_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Nobody listens any more; connections are reset. */
  async goAway(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get samples(): number {
    return this.taken.reduce((sum, { samples }) => sum + samples, 0);
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    response.on('error', () => {});
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const raw = Buffer.concat(chunks);
      const { headers, url = '' } = request;
      const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
      const samples = url.endsWith('/profiles') ? countSamples(bytes) : 0;
      this.attempts++;
      const one = { url, headers, bytes, samples };
      if (await this.answer(response, one)) this.taken.push(one);
    });
  }
}

/** Each timestamp is one sample. */
export function countSamples(bytes: Uint8Array): number {
  let count = 0;
  const { resourceProfiles } = decodeMessage(OTLP_EXPORT_PROFILES_SERVICE_REQUEST, bytes);
  for (const { scopeProfiles } of resourceProfiles)
    for (const { profiles } of scopeProfiles)
      for (const { samples } of profiles)
        for (const { timestampsUnixNano } of samples) count += timestampsUnixNano.length;
  return count;
}
