// SPDX-License-Identifier: Apache-2.0
// Two forms: a live line on a terminal, and now and then a plain line where a log is kept.

import { printable } from '../output/printable.ts';
import { truncate } from '../output/width.ts';
import type { Progress, ProgressTask } from './progress.ts';

/** Work that is over by then shows nothing: no flashing. */
const LIVE_DELAY_MS = 500;
const LIVE_INTERVAL_MS = 100;
const PLAIN_INTERVAL_MS = 5000;

export interface ProgressOptions {
  /** `live` rewrites one line of a terminal; `plain` adds lines to a log. */
  readonly form: 'live' | 'plain';
  /** Columns of the terminal. */
  readonly width: number;
  readonly write: (text: string) => void;
  /** Milliseconds, any origin; replaced by tests. */
  readonly nowMs?: () => number;
}

/** Progress where it is off. */
export const noProgress: Progress = {
  begin: () => ({ advance: () => {}, setTotal: () => {}, end: () => {} }),
};

/** Draws inside `advance`, not on a timer: busy synchronous work would never let one fire. */
export class LiveProgress implements Progress {
  readonly #options: ProgressOptions;
  readonly #nowMs: () => number;
  #isShown = false;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  begin(label: string, total?: number): ProgressTask {
    const task = { label, total, done: 0, startMs: this.#nowMs() };
    const isLive = this.#options.form === 'live';
    let nextMs = task.startMs + (isLive ? LIVE_DELAY_MS : PLAIN_INTERVAL_MS);
    return {
      advance: (item) => {
        task.done++;
        const nowMs = this.#nowMs();
        if (nowMs < nextMs) return;
        nextMs = nowMs + (isLive ? LIVE_INTERVAL_MS : PLAIN_INTERVAL_MS);
        this.#draw(task, nowMs, item);
      },
      setTotal: (newTotal) => {
        task.total = newTotal;
      },
      end: () => this.clear(),
    };
  }

  #draw(task: Task, nowMs: number, item: string | undefined): void {
    const line = progressLine(task, nowMs, item);
    if (this.#options.form === 'plain') {
      this.#options.write(`${line}\n`);
      return;
    }
    // One column stays free: a full line would wrap on some terminals.
    this.#options.write(`\r\x1b[K${truncate(line, this.#options.width - 1)}`);
    this.#isShown = true;
  }

  /** Takes the live line away, before something else is written to the terminal. */
  clear(): void {
    if (!this.#isShown) return;
    this.#isShown = false;
    this.#options.write('\r\x1b[K');
  }
}

interface Task {
  readonly label: string;
  readonly total: number | undefined;
  readonly done: number;
  readonly startMs: number;
}

function progressLine(task: Task, nowMs: number, item: string | undefined): string {
  const { label, total, done, startMs } = task;
  const perSecond = (done / Math.max(1, nowMs - startMs)) * 1000;
  const count = total === undefined ? `${done}` : `${done}/${total}`;
  const rate = perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1);
  const current = item === undefined ? '' : `  ${printable(item)}`;
  return `${count} ${label}, ${rate}/s${current}`;
}
