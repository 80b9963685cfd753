// SPDX-License-Identifier: Apache-2.0
// Requests in the order they came, in memory while the collector answers, on disk while it does not.
import type { SpillFile, SpillFolder } from '../spill/spillFolder.ts';
import type { Signal } from './transport.ts';

/** A request as it will go over the wire. */
export interface QueuedRequest {
  readonly signal: Signal;
  readonly isGzip: boolean;
  readonly itemCount: number;
  readonly sizeBytes: number;
  /** Absent when it lies on disk. */
  body: Buffer | undefined;
  file: SpillFile | undefined;
}

export interface QueueLimits {
  readonly bytes: number;
  readonly requests: number;
}

/** What gave way to newer requests, and why. */
export type OnLost = (request: QueuedRequest, reason: string) => void;

export class RequestQueue {
  readonly #limits: QueueLimits;
  readonly #spill: SpillFolder | undefined;
  readonly #onLost: OnLost;
  #entries: QueuedRequest[] = [];
  #memoryBytes = 0;
  #diskBytes = 0;
  #memoryCount = 0;
  /** Being sent: it must neither give way nor be counted as lost meanwhile. */
  #underWay: QueuedRequest | undefined;
  /** New requests go to disk at once. */
  #isAway = false;

  constructor(limits: QueueLimits, spill: SpillFolder | undefined, onLost: OnLost) {
    this.#limits = limits;
    this.#spill = spill;
    this.#onLost = onLost;
    for (const file of spill?.takeOver() ?? []) this.#append(fromFile(file));
  }

  get count(): number {
    return this.#entries.length;
  }

  /** Requests and bytes, of all and of those on disk. */
  sizes(): { requests: number; items: number; bytes: number; onDisk: number; diskBytes: number } {
    let items = 0;
    for (const entry of this.#entries) items += entry.itemCount;
    return {
      requests: this.#entries.length,
      items,
      bytes: this.#memoryBytes + this.#diskBytes,
      onDisk: this.#entries.length - this.#memoryCount,
      diskBytes: this.#diskBytes,
    };
  }

  itemsOnDisk(): number {
    let items = 0;
    for (const entry of this.#entries) if (entry.file !== undefined) items += entry.itemCount;
    return items;
  }

  /**
   * The oldest one, with its body, to be sent now: it keeps its place until {@link remove} or
   * {@link putBack}. Damaged files on the way are given up.
   */
  take(): { entry: QueuedRequest; body: Buffer } | undefined {
    for (;;) {
      const entry = this.#entries[0];
      if (entry === undefined) return undefined;
      // What is read from disk is not kept with the entry: it stays small until it is sent.
      const body = entry.body ?? this.#spill?.read(entry.file!);
      if (body !== undefined) {
        this.#underWay = entry;
        return { entry, body };
      }
      this.#lose(0, 'spill file damaged');
    }
  }

  /** It was sent or refused. */
  remove(entry: QueuedRequest): void {
    this.#underWay = undefined;
    const at = this.#entries.indexOf(entry);
    if (at < 0) return;
    this.#entries.splice(at, 1);
    this.#release(entry);
  }

  /** It is to be sent again. */
  putBack(): void {
    this.#underWay = undefined;
  }

  push(request: QueuedRequest): void {
    this.#append(request);
    this.#fit(this.#isAway || this.#memoryBytes > this.#limits.bytes);
  }

  /** The collector is away: what waits goes to disk, and so does what comes. */
  goAway(): void {
    this.#isAway = true;
    this.#fit(true);
  }

  comeBack(): void {
    this.#isAway = false;
  }

  /** Moves what is in memory to disk, oldest first, as far as there is room. */
  #spillAll(): void {
    if (this.#spill === undefined || this.#memoryCount === 0) return;
    for (const entry of this.#entries) {
      if (entry.body === undefined) continue;
      const file = this.#spill.write(entry, entry.body);
      if (file === undefined) return;
      this.#memoryBytes -= entry.sizeBytes;
      this.#memoryCount--;
      this.#diskBytes += entry.sizeBytes;
      entry.file = file;
      entry.body = undefined;
    }
  }

  /** Everything is on disk that fits there; what a later run finds. */
  close(): void {
    this.#fit(true);
    this.#spill?.close();
  }

  #append(request: QueuedRequest): void {
    this.#entries.push(request);
    if (request.body === undefined) this.#diskBytes += request.sizeBytes;
    else {
      this.#memoryBytes += request.sizeBytes;
      this.#memoryCount++;
    }
  }

  /** Newer data is worth more than older data: what is too much gives way, the oldest first. */
  #fit(toDisk: boolean): void {
    if (toDisk) this.#spillAll();
    const { bytes, requests } = this.#limits;
    while (this.#memoryBytes > bytes || this.#memoryCount > requests) {
      if (!this.#loseOldest((entry) => entry.file === undefined)) break;
    }
    const disk = this.#spill?.limits;
    while (disk !== undefined && this.#isOverDisk(disk)) {
      if (!this.#loseOldest((entry) => entry.file !== undefined)) break;
    }
  }

  #isOverDisk(limits: QueueLimits): boolean {
    const count = this.#entries.length - this.#memoryCount;
    return this.#diskBytes > limits.bytes || count > limits.requests;
  }

  #loseOldest(isCandidate: (entry: QueuedRequest) => boolean): boolean {
    const at = this.#entries.findIndex((e) => e !== this.#underWay && isCandidate(e));
    // The newest one is kept whatever its size: limits are larger than any request.
    if (at < 0 || at === this.#entries.length - 1) return false;
    this.#lose(at, 'queue full');
    return true;
  }

  #lose(at: number, reason: string): void {
    const [entry] = this.#entries.splice(at, 1);
    this.#release(entry!);
    this.#onLost(entry!, reason);
  }

  #release(entry: QueuedRequest): void {
    if (entry.file !== undefined) {
      this.#diskBytes -= entry.sizeBytes;
      this.#spill?.remove(entry.file);
    } else {
      this.#memoryBytes -= entry.sizeBytes;
      this.#memoryCount--;
    }
  }
}

function fromFile(file: SpillFile): QueuedRequest {
  const { signal, isGzip, itemCount, sizeBytes } = file;
  return { signal, isGzip, itemCount, sizeBytes, body: undefined, file };
}
