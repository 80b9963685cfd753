// SPDX-License-Identifier: Apache-2.0
import { keepAnswer, keptAnswer } from './keptAnswers.ts';
import type { Answer, Failure } from './requests.ts';

export interface Loaded<T> {
  /** The last answer; stays while the next one is on its way, and when that fails. */
  readonly data: T | undefined;
  /** Path that `data` answers. */
  readonly path: string | undefined;
  readonly failure: Failure | undefined;
  /** The person asked for something else, and waits. */
  readonly isWaiting: boolean;
}

export type Load<T> = (path: string, signal: AbortSignal) => Promise<Answer<T>>;

export const NOTHING: Loaded<never> = {
  data: undefined,
  path: undefined,
  failure: undefined,
  isWaiting: false,
};
/** Longest rest between two answers that new samples ask for. */
const MOST_REST_MS = 30_000;

/** One question at a time, and the newest one next. */
export class Asker<T> {
  readonly #load: Load<T>;
  readonly #set: (next: (before: Loaded<T>) => Loaded<T>) => void;
  #wanted: { readonly path: string; readonly tick: number } | undefined;
  #running: { readonly path: string; readonly controller: AbortController } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #restsUntil = 0;

  constructor(load: Load<T>, set: (next: (before: Loaded<T>) => Loaded<T>) => void) {
    this.#load = load;
    this.#set = set;
  }

  want(path: string | undefined, tick: number): void {
    const before = this.#wanted;
    if (path === undefined) {
      this.close();
      this.#wanted = undefined;
      this.#set(() => NOTHING);
      return;
    }
    this.#wanted = { path, tick };
    const isNews = before !== undefined && before.tick > 0 && tick > before.tick;
    if (!isNews) {
      if (this.#running?.path !== path) this.#ask(true);
      return;
    }
    if (this.#running !== undefined || this.#timer !== undefined) return;
    this.#askLater(this.#restsUntil - performance.now());
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running?.controller.abort();
    this.#running = undefined;
  }

  #askLater(ms: number): void {
    if (ms <= 0) {
      this.#ask(false);
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#ask(false);
    }, ms);
  }

  #ask(isPersons: boolean): void {
    const wanted = this.#wanted;
    this.close();
    if (wanted === undefined) return;
    const { path, tick } = wanted;
    const kept = tick === 0 ? keptAnswer(path) : undefined;
    if (kept !== undefined) {
      this.#set(() => ({ data: kept as T, path, failure: undefined, isWaiting: false }));
      return;
    }
    const request = { path, controller: new AbortController() };
    this.#running = request;
    const startedAt = performance.now();
    if (isPersons) this.#set((before) => ({ ...before, isWaiting: true }));
    this.#load(path, request.controller.signal).then(
      (answer) => {
        if (this.#running !== request) return;
        this.#running = undefined;
        if ('data' in answer && tick === 0) keepAnswer(path, answer.data);
        this.#set((before) =>
          'data' in answer
            ? { data: answer.data, path, failure: undefined, isWaiting: false }
            : { ...before, failure: answer.failure, isWaiting: false },
        );
        const took = Math.min(MOST_REST_MS, performance.now() - startedAt);
        this.#restsUntil = performance.now() + took;
        if (this.#wanted !== wanted) this.#askLater(took);
      },
      () => {
        // Aborted: what came instead has the say.
      },
    );
  }
}
