// SPDX-License-Identifier: Apache-2.0
// Server-sent events (HTML standard, 9.2): one a second at most, when data came in.
import type { AnyRequest, AnyResponse } from '@otelkit/otlp';
import type { LiveEvent } from '@otelkit/viewer/contract';
import { COLLECTOR_LIMITS } from '../limits.ts';
import { head, sendError } from './respond.ts';

const LEAST_PAUSE_MS = 1_000;
/** Proxies and browsers give up on connections that say nothing. */
const HEARTBEAT_MS = 15_000;

export class LiveEvents {
  readonly #listeners = new Set<AnyResponse>();
  readonly #event: () => Promise<LiveEvent>;
  #timer: NodeJS.Timeout | undefined;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(event: () => Promise<LiveEvent>) {
    this.#event = event;
    this.#heartbeat = setInterval(() => this.#send(':\n\n'), HEARTBEAT_MS).unref();
  }

  add(request: AnyRequest, response: AnyResponse): void {
    if (this.#listeners.size >= COLLECTOR_LIMITS.liveListeners) {
      sendError(request, response, 503, 'too many pages listen already');
      return;
    }
    head(response, 200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    (response as { write(text: string): void }).write(':\n\n');
    this.#listeners.add(response);
    response.once('close', () => this.#listeners.delete(response));
    this.#schedule(0);
  }

  /** Data came in. */
  changed(): void {
    if (this.#listeners.size > 0) this.#schedule(LEAST_PAUSE_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#heartbeat);
    for (const response of this.#listeners) response.end();
  }

  #schedule(delayMs: number): void {
    this.#timer ??= setTimeout(async () => {
      this.#timer = undefined;
      const event = await this.#event().catch(() => undefined);
      if (event !== undefined) this.#send(`data: ${JSON.stringify(event)}\n\n`);
    }, delayMs).unref();
  }

  #send(text: string): void {
    for (const response of this.#listeners) (response as { write(text: string): void }).write(text);
  }
}
