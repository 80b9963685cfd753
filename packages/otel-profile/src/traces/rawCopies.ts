// SPDX-License-Identifier: Apache-2.0
// Stacks of code whose tables the kernel side did not have yet. Each waits here until the files that
// it leads through have been read, and is then unwound from the copy of the stack: what runs for
// milliseconds only is not lost.
import type { RawCopy } from '@otelkit/bpf-client';
import type { FileTable } from '../files/fileTable.ts';
import type { ProfiledFile } from '../files/profiledFile.ts';
import { PROFILE_LIMITS } from '../limits.ts';
import type { ProcessImage } from '../processes/processTable.ts';
import type { CopyUnwinder, UnwoundCopy } from './copyUnwinder.ts';

/** A copy that is kept: its bytes are its own. */
export interface WaitingCopy {
  readonly copy: RawCopy;
  readonly image: ProcessImage;
  readonly sinceMs: number;
}

export interface RawCopiesOptions {
  readonly files: Pick<FileTable, 'want'>;
  readonly unwinder: Pick<CopyUnwinder, 'unwind'>;
  readonly nowMs: () => number;
  /** As much of the stack as can be known. */
  readonly onStack: (waiting: WaitingCopy, stack: UnwoundCopy) => void;
}

/** The copies that wait. */
export class RawCopies {
  readonly #options: RawCopiesOptions;
  /** By what each waits for; undefined: its mappings have not been told yet. */
  readonly #waiting = new Map<ProfiledFile | undefined, WaitingCopy[]>();
  #count = 0;
  #bytes = 0;
  #oldestMs = Number.POSITIVE_INFINITY;

  constructor(options: RawCopiesOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  /** Takes a copy; it need not be kept by the caller. */
  add(copy: RawCopy, image: ProcessImage): void {
    const isFull =
      this.#count >= PROFILE_LIMITS.waitingCopies || this.#bytes >= PROFILE_LIMITS.waitingCopyBytes;
    if (isFull) this.#giveUpOldest();
    const waiting = { copy, image, sinceMs: this.#options.nowMs() };
    const file = this.#tryOne(waiting, false);
    if (file !== DONE) this.#wait({ ...waiting, copy: keep(copy) }, file);
  }

  /** A file has been read: unwinds what waited for it. */
  settleFor(file: ProfiledFile): void {
    if (this.#count === 0) return;
    this.#retry(file, false);
    this.#retry(undefined, false);
  }

  /** What has waited long enough waits no more. */
  settleDue(): void {
    const nowMs = this.#options.nowMs();
    const dueMs = nowMs - PROFILE_LIMITS.waitingCopiesMs;
    if (this.#oldestMs > dueMs) return;
    for (const [waitsFor, list] of this.#takeAll()) {
      const isBeingRead = waitsFor?.state === 'pending';
      const untilMs = isBeingRead ? nowMs - PROFILE_LIMITS.waitingForFileMs : dueMs;
      for (const one of list) {
        if (one.sinceMs <= untilMs) this.#tryOne(one, true);
        else this.#wait(one, waitsFor);
      }
    }
  }

  /** Half of the room is for those that came last: they have the best chance of their tables. */
  #giveUpOldest(): void {
    const { waitingCopies, waitingCopyBytes } = PROFILE_LIMITS;
    const all = this.#takeAll().flatMap(([file, list]) => list.map((one) => ({ one, file })));
    all.sort((a, b) => a.one.sinceMs - b.one.sinceMs);
    let bytes = all.reduce((sum, { one }) => sum + one.copy.stack.length, 0);
    for (const [i, { one, file }] of all.entries()) {
      const isTooMuch = all.length - i > waitingCopies / 2 || bytes > waitingCopyBytes / 2;
      bytes -= one.copy.stack.length;
      if (isTooMuch) this.#tryOne(one, true);
      else this.#wait(one, file);
    }
  }

  /** Unwinds what can be now. @param isLast everything: nothing more will be read */
  settle(isLast: boolean = false): void {
    for (const file of [...this.#waiting.keys()]) this.#retry(file, isLast);
  }

  #takeAll(): [ProfiledFile | undefined, WaitingCopy[]][] {
    const all = [...this.#waiting];
    this.#waiting.clear();
    this.#count = 0;
    this.#bytes = 0;
    this.#oldestMs = Number.POSITIVE_INFINITY;
    return all;
  }

  #retry(file: ProfiledFile | undefined, isLast: boolean): void {
    const list = this.#waiting.get(file);
    if (list === undefined) return;
    this.#waiting.delete(file);
    this.#count -= list.length;
    for (const { copy } of list) this.#bytes -= copy.stack.length;
    for (const one of list) {
      const next = this.#tryOne(one, isLast);
      if (next !== DONE) this.#wait(one, next);
    }
  }

  #wait(one: WaitingCopy, file: ProfiledFile | undefined): void {
    const list = this.#waiting.get(file);
    if (list === undefined) this.#waiting.set(file, [one]);
    else list.push(one);
    this.#count++;
    this.#bytes += one.copy.stack.length;
    this.#oldestMs = Math.min(this.#oldestMs, one.sinceMs);
  }

  /** @returns DONE, or what it waits for */
  #tryOne(waiting: WaitingCopy, isLast: boolean): ProfiledFile | undefined | typeof DONE {
    const { unwinder, files, onStack } = this.#options;
    const { copy, image } = waiting;
    // Its mappings may not have been told yet.
    if (!isLast && image.mappings.length === 0 && image.endNs === undefined) return undefined;
    const stack = unwinder.unwind(copy, image);
    const { missing } = stack;
    // One that is ready all the same has lost its table: there will be no other.
    if (missing !== undefined && missing.state !== 'ready' && !isLast) {
      files.want(missing);
      return missing;
    }
    onStack(waiting, stack);
    return DONE;
  }
}

const DONE = Symbol('done');

function keep(copy: RawCopy): RawCopy {
  return {
    ...copy,
    comm: Buffer.from(copy.comm),
    registers: Buffer.from(copy.registers),
    stack: Buffer.from(copy.stack),
    link: Buffer.from(copy.link),
  };
}
