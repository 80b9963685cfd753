// SPDX-License-Identifier: Apache-2.0
// Writes to a file descriptor with fs.writeSync: `process.stdout` costs milliseconds to set up,
// buffers without bound towards a slow pipe, and loses data when the process exits early.

import { writeSync } from 'node:fs';

/** Gathered before a write. Linux pipes hold 64 KiB, so more at once gains nothing. */
const FLUSH_BYTES = 65_536;
/** A reader of a pipe sees results at most this late while they keep coming. */
const FLUSH_INTERVAL_MS = 100;
/** Waits between attempts at a full non-blocking pipe grow up to this. */
const RETRY_MAX_MS = 20;

export interface SinkOptions {
  readonly fd: number;
  /** Write each piece at once: a terminal, or stderr. */
  readonly unbuffered?: boolean;
  /** Called before bytes reach the descriptor, e.g. to clear a live line. */
  readonly beforeWrite?: () => void;
  /** The reader has gone (EPIPE): nobody wants the rest. */
  readonly onClosed: () => void;
  /** The device failed (ENOSPC, EIO): what was promised cannot be delivered. */
  readonly onFailed: (error: Error) => void;
  /** Replaced by tests. */
  readonly writeSync?: (fd: number, bytes: Uint8Array, offset: number, length: number) => number;
}

/** A buffered writer. After EPIPE or a failure it swallows everything. */
export class Sink {
  readonly #options: SinkOptions;
  #pending: string[] = [];
  #pendingChars = 0;
  #lastFlushMs: number;
  #done = false;
  /** Bytes that a non-blocking descriptor has not taken yet, in order. */
  #backlog: Promise<void> | undefined;

  constructor(options: SinkOptions) {
    this.#options = options;
    this.#lastFlushMs = Date.now();
  }

  /** @returns a promise only when the reader is behind; awaiting it is what bounds memory */
  write(text: string): undefined | Promise<void> {
    if (this.#done || text === '') return undefined;
    this.#pending.push(text);
    this.#pendingChars += text.length;
    if (!this.#isDue()) return this.#backlog;
    return this.flush();
  }

  #isDue(): boolean {
    if (this.#options.unbuffered === true || this.#pendingChars >= FLUSH_BYTES) return true;
    return Date.now() - this.#lastFlushMs >= FLUSH_INTERVAL_MS;
  }

  /** Hands everything to the descriptor. */
  flush(): undefined | Promise<void> {
    if (this.#done || this.#pendingChars === 0) return this.#backlog;
    const bytes = Buffer.from(this.#pending.join(''), 'utf8');
    this.#pending = [];
    this.#pendingChars = 0;
    if (this.#backlog !== undefined) {
      return this.#keep(this.#backlog.then(() => this.#drain(bytes, 0)));
    }
    this.#options.beforeWrite?.();
    const written = this.#writeSome(bytes, 0);
    this.#lastFlushMs = Date.now();
    return written >= bytes.length ? undefined : this.#keep(this.#drain(bytes, written));
  }

  #keep(backlog: Promise<void>): Promise<void> {
    const kept = backlog.finally(() => {
      if (this.#backlog === kept) this.#backlog = undefined;
    });
    this.#backlog = kept;
    return kept;
  }

  /** @returns the offset of the first byte not taken; the length once nothing more can be done */
  #writeSome(bytes: Uint8Array, from: number): number {
    const write = this.#options.writeSync ?? writeSync;
    let offset = from;
    while (offset < bytes.length && !this.#done) {
      try {
        offset += write(this.#options.fd, bytes, offset, bytes.length - offset);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EINTR') continue;
        if (code === 'EAGAIN') return offset;
        this.#stop(error as Error, code);
      }
    }
    return bytes.length;
  }

  // EAGAIN: somebody made the pipe non-blocking. There is no event to wait for without taking
  // the descriptor over, so try again, a little later each time.
  async #drain(bytes: Uint8Array, from: number): Promise<void> {
    let offset = from;
    let waitMs = 1;
    while (offset < bytes.length && !this.#done) {
      const next = this.#writeSome(bytes, offset);
      waitMs = next > offset ? 1 : Math.min(waitMs * 2, RETRY_MAX_MS);
      offset = next;
      if (offset < bytes.length) await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    this.#lastFlushMs = Date.now();
  }

  #stop(error: Error, code: string | undefined): void {
    this.#done = true;
    this.#pending = [];
    this.#pendingChars = 0;
    if (code === 'EPIPE') this.#options.onClosed();
    else this.#options.onFailed(error);
  }
}
