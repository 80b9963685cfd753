// SPDX-License-Identifier: Apache-2.0
// Frames that are known from earlier questions and earlier runs: a file whose addresses are all known is
// not even opened.
import { SYMBOL_LIMITS } from '../limits.ts';
import type { FrameStore } from './frameStore.ts';
import { KnownFrames } from './knownFrames.ts';

/** What is known of one file. */
export interface KeptFile {
  readonly frames: KnownFrames;
  newCount: number;
  savedAtMs: number;
  /** A better source of names may turn up: a package with debug information. */
  isFinal: boolean;
}

/** See the file's head. */
export class KeptFrames {
  readonly #store: FrameStore;
  /** Oldest use first. */
  readonly #files = new Map<string, KeptFile>();

  constructor(store: FrameStore) {
    this.#store = store;
  }

  of(key: string): KeptFile {
    const known = this.#files.get(key);
    if (known !== undefined) {
      this.#files.delete(key);
      this.#files.set(key, known);
      return known;
    }
    const frames = this.#store.load(key) ?? KnownFrames.empty();
    const file = { frames, newCount: 0, savedAtMs: performance.now(), isFinal: false };
    this.#files.set(key, file);
    this.#makeRoom();
    return file;
  }

  /** Writes down what is new, now and then, or at once. */
  save(isLast: boolean): void {
    const nowMs = performance.now();
    for (const [key, file] of this.#files) {
      if (file.newCount > 0 && (isLast || isDue(file, nowMs))) this.#saveOne(key, file, nowMs);
    }
  }

  /** Writes everything down and forgets it here: nothing more will be asked. */
  release(): void {
    this.save(true);
    this.#files.clear();
  }

  #saveOne(key: string, file: KeptFile, nowMs: number): void {
    const validMs = file.isFinal ? undefined : SYMBOL_LIMITS.storedUnsureMs;
    this.#store.save(key, file.frames, validMs);
    file.newCount = 0;
    file.savedAtMs = nowMs;
  }

  /** What was asked for last stays. */
  #makeRoom(): void {
    let sizeBytes = 0;
    for (const { frames } of this.#files.values()) sizeBytes += frames.sizeBytes;
    for (const [key, file] of this.#files) {
      const isFull =
        sizeBytes > SYMBOL_LIMITS.keptBytes || this.#files.size > SYMBOL_LIMITS.keptFiles;
      if (!isFull || this.#files.size === 1) return;
      if (file.newCount > 0) this.#saveOne(key, file, performance.now());
      sizeBytes -= file.frames.sizeBytes;
      this.#files.delete(key);
    }
  }
}

/** A whole entry is written for a few addresses that are new: they wait for others, or for long. */
function isDue({ frames, newCount, savedAtMs }: KeptFile, nowMs: number): boolean {
  const sinceMs = nowMs - savedAtMs;
  const isMuch = newCount * SYMBOL_LIMITS.storeShare >= frames.size;
  return sinceMs >= (isMuch ? SYMBOL_LIMITS.storeEveryMs : SYMBOL_LIMITS.storeSeldomMs);
}
