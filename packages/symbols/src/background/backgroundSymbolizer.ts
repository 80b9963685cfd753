// SPDX-License-Identifier: Apache-2.0
// Names without waiting: symbol tables are read in a worker, so that a file of 300,000 symbols
// holds up no sample. A worker that dies or does not come back is replaced; what it was asked for
// then stays nameless, and what it was asked last is not asked again.
import type { Worker } from 'node:worker_threads';
import { SYMBOL_LIMITS } from '../limits.ts';
import { emptyBatch, type ResolvedBatch } from './batch.ts';
import type { SymbolTarget } from './symbolizer.ts';
import { CLOSE, type SymbolReply, type SymbolRequest } from './symbolWorker.ts';

export interface BackgroundOptions {
  /** Starts a thread that calls {@link serveSymbols}. */
  readonly startWorker: () => Worker;
  /** A request that takes longer is given up. */
  readonly requestMs?: number;
  /** Its threads read debug information: where one fails, it is asked once more without. */
  readonly hasLines?: boolean;
}

interface Waiting {
  readonly request: SymbolRequest;
  readonly resolve: (batch: ResolvedBatch) => void;
}

export class BackgroundSymbolizer {
  readonly #options: BackgroundOptions;
  #worker: Worker | undefined;
  /** In the order they were asked: the worker answers the first one first. */
  readonly #waiting = new Map<number, Waiting>();
  readonly #poisoned = new Set<string>();
  /** Files whose debug information is not looked at any more. */
  readonly #withoutLines = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #nextId = 1;
  #isClosed = false;
  #restartsInRow = 0;
  /** Memory that the worker's symbol tables hold, about. */
  sizeBytes = 0;
  /** Workers that had to be replaced. */
  restartCount = 0;

  constructor(options: BackgroundOptions) {
    this.#options = options;
  }

  /** The frames of addresses. Never rejects: what cannot be named has no frames, and a problem. */
  resolve(target: SymbolTarget, addresses: Float64Array): Promise<ResolvedBatch> {
    const refusal = this.#refusal(target);
    if (refusal !== undefined) return Promise.resolve(emptyBatch(addresses.length, refusal));
    const request = { id: this.#nextId++, target: this.#safeTarget(target), addresses };
    return new Promise((resolve) => {
      this.#waiting.set(request.id, { request, resolve });
      this.#post(request);
      if (this.#waiting.size === 1) this.#watch();
    });
  }

  /** Ends the worker; what still waits stays nameless. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    this.#worker = undefined;
    this.#answerAll('symbolization has ended');
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage(CLOSE);
    const late = setTimeout(() => worker.terminate().catch(() => {}), SYMBOL_LIMITS.closeMs);
    await ended;
    clearTimeout(late);
  }

  #refusal(target: SymbolTarget): string | undefined {
    if (this.#isClosed) return 'symbolization has ended';
    if (this.#restartsInRow >= SYMBOL_LIMITS.workerRestarts) return 'the worker does not start';
    if (this.#poisoned.has(keyOf(target))) return 'an earlier attempt to read its symbols failed';
    const isFull = this.#waiting.size >= SYMBOL_LIMITS.waitingRequests;
    return isFull ? `more than ${SYMBOL_LIMITS.waitingRequests} requests are waiting` : undefined;
  }

  #post(request: SymbolRequest): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(request);
    // Only a request keeps the process running, not a worker that waits for one.
    this.#worker.ref();
  }

  #start(): Worker {
    const worker = this.#options.startWorker();
    worker.on('message', (reply: SymbolReply) => this.#take(reply));
    worker.on('error', (error) => this.#replace(worker, `the worker failed: ${error.message}`));
    worker.on('exit', () => this.#replace(worker, 'the worker ended'));
    return worker;
  }

  #take({ id, batch, sizeBytes }: SymbolReply): void {
    this.sizeBytes = sizeBytes;
    this.#restartsInRow = 0;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#watch();
    waiting?.resolve(batch);
  }

  /** Gives the request that is being worked on its time, and none when there is none. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.size === 0) {
      this.#worker?.unref();
      return;
    }
    const worker = this.#worker;
    const limitMs = this.#options.requestMs ?? SYMBOL_LIMITS.requestMs;
    this.#timer = setTimeout(() => {
      if (worker !== undefined) this.#replace(worker, `no answer for ${limitMs} ms`);
    }, limitMs);
  }

  /** The first request is to blame, and is not asked again; the others are. */
  #replace(worker: Worker, problem: string): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    this.restartCount++;
    this.#restartsInRow++;
    worker.terminate().catch(() => {});
    if (this.#restartsInRow >= SYMBOL_LIMITS.workerRestarts) {
      this.#answerAll(problem);
      return;
    }
    for (const [id, { request, resolve }] of this.#waiting) {
      const key = keyOf(request.target);
      if (this.#mayHaveLines(request.target)) {
        remember(this.#withoutLines, key);
        const again = { ...request, target: this.#safeTarget(request.target) };
        this.#waiting.set(id, { request: again, resolve });
        break;
      }
      this.#waiting.delete(id);
      remember(this.#poisoned, key);
      resolve(emptyBatch(request.addresses.length, problem));
      break;
    }
    const rest = [...this.#waiting.values()];
    for (const { request } of rest) this.#post(request);
    this.#watch();
  }

  #mayHaveLines(target: SymbolTarget): boolean {
    const isFile = target.kind === 'file' && target.file.lines !== false;
    return isFile && this.#options.hasLines === true;
  }

  #safeTarget(target: SymbolTarget): SymbolTarget {
    if (target.kind !== 'file' || !this.#withoutLines.has(keyOf(target))) return target;
    return { kind: 'file', file: { ...target.file, lines: false } };
  }

  #answerAll(problem: string): void {
    clearTimeout(this.#timer);
    for (const { request, resolve } of this.#waiting.values()) {
      resolve(emptyBatch(request.addresses.length, problem));
    }
    this.#waiting.clear();
  }
}

/** The oldest are forgotten. */
function remember(keys: Set<string>, key: string): void {
  keys.add(key);
  if (keys.size <= SYMBOL_LIMITS.failedFiles) return;
  for (const oldest of keys) {
    keys.delete(oldest);
    return;
  }
}

function keyOf(target: SymbolTarget): string {
  if (target.kind === 'file') return `file ${target.file.key}`;
  return target.kind === 'generated' ? `generated ${target.key ?? target.pid}` : target.kind;
}
