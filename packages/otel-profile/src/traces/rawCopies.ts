// SPDX-License-Identifier: Apache-2.0
// Stacks of code whose tables the kernel side did not have yet. Each waits here until the files that
// it leads through have been read, and is then unwound from the copy of the stack: what runs for
// milliseconds only is not lost.
import type { RawCopy } from '@otelkit/bpf-client';
import type { FileTable } from '../files/fileTable.ts';
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
  readonly unwinder: CopyUnwinder;
  readonly nowMs: () => number;
  /** As much of the stack as can be known. */
  readonly onStack: (waiting: WaitingCopy, stack: UnwoundCopy) => void;
}

/** The copies that wait. */
export class RawCopies {
  readonly #options: RawCopiesOptions;
  #waiting: WaitingCopy[] = [];

  constructor(options: RawCopiesOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#waiting.length;
  }

  /** Takes a copy; it need not be kept by the caller. */
  add(copy: RawCopy, image: ProcessImage): void {
    if (this.#waiting.length >= PROFILE_LIMITS.waitingCopies) this.settle(true);
    const waiting = { copy, image, sinceMs: this.#options.nowMs() };
    if (!this.#tryOne(waiting, false)) this.#waiting.push({ ...waiting, copy: keep(copy) });
  }

  /** Unwinds what can be now. @param isLast everything: nothing more will be read */
  settle(isLast: boolean = false): void {
    if (this.#waiting.length === 0) return;
    const dueMs = this.#options.nowMs() - PROFILE_LIMITS.waitingCopiesMs;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) {
      if (!this.#tryOne(one, isLast || one.sinceMs <= dueMs)) this.#waiting.push(one);
    }
  }

  #tryOne(waiting: WaitingCopy, isLast: boolean): boolean {
    const { unwinder, files, onStack } = this.#options;
    const { copy, image } = waiting;
    // Its mappings may not have been told yet.
    if (!isLast && image.mappings.length === 0 && image.endNs === undefined) return false;
    const stack = unwinder.unwind(copy, image);
    if (stack.missing !== undefined && !isLast) {
      files.want(stack.missing);
      return false;
    }
    onStack(waiting, stack);
    return true;
  }
}

function keep(copy: RawCopy): RawCopy {
  return {
    ...copy,
    comm: Buffer.from(copy.comm),
    registers: Buffer.from(copy.registers),
    stack: Buffer.from(copy.stack),
  };
}
