// SPDX-License-Identifier: Apache-2.0
// Takes encoded requests, compresses them, and sends them one after the other. What a collector does
// not take now waits, in order, in memory and on disk. It is sent again only where the collector
// cannot have taken it, or where nobody can know.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { LIMITS } from '../limits.ts';
import { SpillFolder } from '../spill/spillFolder.ts';
import { pauseMs } from './backoff.ts';
import { describe } from './describe.ts';
import { type QueuedRequest, RequestQueue } from './requestQueue.ts';
import { type ExporterStatistics, emptyStatistics, lostItemsOf } from './statistics.ts';
import type { OtlpTarget, SendResult, Signal, Transport } from './transport.ts';

const compress = promisify(gzip);

/** Something worth telling a person; the exporter itself goes on. */
export interface ExporterEvent {
  readonly level: 'warning' | 'error' | 'info';
  readonly code: 'away' | 'back' | 'refused' | 'rejected' | 'lost' | 'spill';
  readonly message: string;
}

export interface ExporterOptions {
  readonly target: OtlpTarget;
  readonly compression: 'gzip' | 'none';
  /** zlib's level, 1…9. */
  readonly compressionLevel?: number;
  /** One attempt. */
  readonly timeoutMs: number;
  /** Folder for requests while the collector is away; without it they stay in memory. */
  readonly spillFolder?: string | undefined;
  readonly queueBytes?: number;
  readonly spillBytes?: number;
  readonly onEvent?: (event: ExporterEvent) => void;
}

/** What was left when an exporter closed. */
export interface CloseResult {
  /** Neither sent nor on disk, and not told of before it closed. */
  readonly lostItems: number;
  /** On disk: the next run sends them. */
  readonly keptItems: number;
}

/** Between two attempts. */
interface Pause {
  readonly end: () => void;
  /** By the collector. */
  readonly isAsked: boolean;
}

export class OtlpExporter {
  readonly #options: ExporterOptions;
  readonly #queue: RequestQueue;
  readonly #statistics: ExporterStatistics = emptyStatistics();
  #transport: Transport | undefined;
  /** Handed over, but not in the queue yet. */
  readonly #compressing = { requests: 0, items: 0 };
  /** Resolves when everything handed over so far is in the queue. */
  #taken: Promise<void> = Promise.resolve();
  #sending: Promise<void> | undefined;
  #pause: Pause | undefined;
  #deadlineMs = Number.POSITIVE_INFINITY;
  #isClosed = false;
  #closing: Promise<CloseResult> | undefined;

  /** Does not connect yet; a spill folder that cannot be used is an event, not an error. */
  constructor(options: ExporterOptions) {
    this.#options = options;
    const bytes = options.queueBytes ?? LIMITS.queueBytes;
    const limits = { bytes, requests: LIMITS.queueRequests };
    this.#queue = new RequestQueue(limits, this.#openSpill(), (request, reason) =>
      this.#lost(request.itemCount, reason),
    );
    this.#start();
  }

  /** Hands over one encoded request. It is sent, kept or counted as lost; never an exception. */
  send(signal: Signal, bytes: Buffer, itemCount: number): void {
    this.#statistics.takenRequests++;
    this.#statistics.takenItems += itemCount;
    this.#statistics.takenBytes += bytes.length;
    if (this.#isClosed) this.#lost(itemCount, 'closed');
    else {
      this.#compressing.requests++;
      this.#compressing.items += itemCount;
      this.#taken = this.#taken.then(() => this.#take(signal, bytes, itemCount));
    }
  }

  async #take(signal: Signal, bytes: Buffer, itemCount: number): Promise<void> {
    const level = this.#options.compressionLevel ?? LIMITS.compressionLevel;
    const wantsGzip = this.#options.compression === 'gzip';
    // Without memory for zlib the request goes out as it is.
    const zipped = wantsGzip ? await compress(bytes, { level }).catch(() => undefined) : undefined;
    const isGzip = zipped !== undefined;
    const body = zipped ?? bytes;
    const sizeBytes = body.length;
    this.#compressing.requests--;
    this.#compressing.items -= itemCount;
    this.#queue.push({ signal, isGzip, itemCount, sizeBytes, body, file: undefined });
    this.#start();
  }

  /** A copy of the figures: what was taken is sent, lost or queued, at any moment. */
  statistics(): ExporterStatistics {
    const sizes = this.#queue.sizes();
    return {
      ...structuredClone(this.#statistics),
      queuedRequests: sizes.requests + this.#compressing.requests,
      queuedItems: sizes.items + this.#compressing.items,
      queuedBytes: sizes.bytes,
      spilledRequests: sizes.onDisk,
      spilledBytes: sizes.diskBytes,
    };
  }

  /**
   * Sends what is there, without waiting for the rest of a pause.
   * @returns whether the queue was empty before the deadline.
   */
  async flush(deadlineMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    const sent = this.#taken.then(() => {
      // What the collector asked for is kept even now.
      if (this.#pause?.isAsked === false) this.#pause.end();
      return this.#sending;
    });
    await Promise.race([sent, late]);
    clearTimeout(timer);
    return this.#queue.count === 0;
  }

  /**
   * Flushes until the deadline, puts the rest on disk, and ends connections and timers. Nothing
   * keeps the process alive afterwards. A second call returns the same result.
   */
  close(deadlineMs: number): Promise<CloseResult> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  async #close(deadlineMs: number): Promise<CloseResult> {
    const lostBefore = lostItemsOf(this.#statistics.lost);
    this.#deadlineMs = performance.now() + deadlineMs;
    await this.flush(deadlineMs);
    this.#isClosed = true;
    this.#transport?.close();
    this.#pause?.end();
    await this.#taken;
    await this.#sending;
    this.#queue.close();
    const keptItems = this.#queue.itemsOnDisk();
    const left = this.#queue.sizes().items - keptItems;
    if (left > 0) this.#lost(left, 'closed');
    return { lostItems: lostItemsOf(this.#statistics.lost) - lostBefore, keptItems };
  }

  #start(): void {
    if (this.#sending !== undefined || this.#isClosed || this.#queue.count === 0) return;
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = undefined;
      this.#start();
    });
  }

  async #sendAll(): Promise<void> {
    while (!this.#isClosed) {
      const next = this.#queue.take();
      if (next === undefined) return;
      const result = await this.#attempt(next.entry, next.body);
      if (result.kind === 'retry') await this.#retry(result);
      else this.#settle(next.entry, result);
    }
  }

  async #attempt(entry: QueuedRequest, body: Buffer): Promise<SendResult> {
    const leftMs = this.#deadlineMs - performance.now();
    if (leftMs <= 0) return { kind: 'retry', reason: 'closed', message: 'no time is left' };
    const timeoutMs = Math.min(this.#options.timeoutMs, leftMs);
    try {
      this.#transport ??= await openTransport(this.#options.target);
      if (this.#isClosed) this.#transport.close();
      const { signal, isGzip } = entry;
      return await this.#transport.send({ signal, isGzip, body }, timeoutMs);
    } catch (error) {
      // Nothing is known to come here; if it does, the request must not be lost by it.
      return { kind: 'retry', reason: 'internal', message: describe(error) };
    }
  }

  #settle(entry: QueuedRequest, result: Exclude<SendResult, { kind: 'retry' }>): void {
    const statistics = this.#statistics;
    this.#queue.remove(entry);
    if (result.kind === 'refused') {
      statistics.lastError = `${result.reason}: ${result.message}`;
      this.#tell('error', 'refused', `${entry.itemCount} items: ${statistics.lastError}`);
      this.#lost(entry.itemCount, result.reason);
      return;
    }
    if (statistics.failuresInARow > 0) {
      this.#tell('info', 'back', `after ${statistics.failuresInARow} failed attempts`);
      statistics.failuresInARow = 0;
      this.#queue.comeBack();
    }
    statistics.sentRequests++;
    statistics.sentItems += entry.itemCount;
    statistics.sentBytes += entry.sizeBytes;
    statistics.rejectedItems += result.rejectedItems;
    if (result.rejectedItems > 0 || result.message !== '')
      this.#tell('warning', 'rejected', `${result.rejectedItems} rejected: ${result.message}`);
  }

  async #retry(result: Extract<SendResult, { kind: 'retry' }>): Promise<void> {
    const statistics = this.#statistics;
    this.#queue.putBack();
    if (this.#isClosed) return;
    statistics.failuresInARow++;
    statistics.retries[result.reason] = (statistics.retries[result.reason] ?? 0) + 1;
    statistics.lastError = `${result.reason}: ${result.message}`;
    if (statistics.failuresInARow === 1) this.#tell('warning', 'away', statistics.lastError);
    this.#queue.goAway();
    const pausedMs = pauseMs(statistics.failuresInARow, result.afterMs, Math.random());
    // While closing there is no later: try again soon, unless the collector asked for a pause.
    const isClosing = Number.isFinite(this.#deadlineMs) && result.afterMs === undefined;
    const waitMs = isClosing ? Math.min(pausedMs, LIMITS.retryClosingMs) : pausedMs;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#pause = { end, isAsked: result.afterMs !== undefined };
    });
    this.#pause = undefined;
  }

  #lost(itemCount: number, reason: string): void {
    const lost = this.#statistics.lost;
    lost[reason] ??= { requests: 0, items: 0 };
    lost[reason].requests++;
    lost[reason].items += itemCount;
    if (reason !== 'closed') this.#tell('error', 'lost', `${itemCount} items: ${reason}`);
  }

  #openSpill(): SpillFolder | undefined {
    const { spillFolder, spillBytes = LIMITS.spillBytes } = this.#options;
    if (spillFolder === undefined) return undefined;
    const onProblem = (path: string, message: string): void =>
      this.#tell('warning', 'spill', `${path}: ${message}`);
    try {
      const limits = { bytes: spillBytes, requests: LIMITS.spillFiles };
      return new SpillFolder(spillFolder, limits, onProblem);
    } catch (error) {
      onProblem(spillFolder, `${describe(error)}; requests wait in memory only`);
      return undefined;
    }
  }

  #tell(level: ExporterEvent['level'], code: ExporterEvent['code'], message: string): void {
    this.#options.onEvent?.({ level, code, message });
  }
}

/** Loaded when first needed: HTTP/2 alone costs a start 10 ms. */
async function openTransport(target: OtlpTarget): Promise<Transport> {
  if (target.protocol === 'grpc')
    return new (await import('./grpcTransport.ts')).GrpcTransport(target);
  return new (await import('./httpTransport.ts')).HttpTransport(target);
}
