// SPDX-License-Identifier: Apache-2.0
// What matches of an answer's texts. Texts that were matched before are known at once, so that a
// picture that moves does not lose its marks while new ones are looked at.
import type { MatchAnswer, MatchTask } from './matchWorker.ts';
import { compilePattern } from './pattern.ts';

/** A text takes microseconds, a hundred thousand of them less than this. */
const MOST_MS = 2_000;
/** Texts that are remembered for one expression. */
const MOST_TEXTS = 500_000;

export interface Matches {
  /** By text: 1 where it matches. */
  readonly hits: Uint8Array;
  /** Some texts are still looked at. */
  readonly isPending: boolean;
  /** Why there are none. */
  readonly problem: string;
}

export class PatternMatcher {
  /** Changes with each answer that came. */
  version = 0;
  readonly #changed: () => void;
  #pattern = '';
  #problem = '';
  #known = new Map<string, boolean>();
  #worker: Worker | undefined;
  #waiting: MatchTask | undefined;
  #timer = 0;
  #lastId = 0;

  /** @param changed called when {@link match} would say more than before */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  match(texts: readonly string[], pattern: string): Matches {
    if (pattern !== this.#pattern) this.#begin(pattern);
    const hits = new Uint8Array(texts.length);
    if (pattern === '' || this.#problem !== '') {
      return { hits, isPending: false, problem: this.#problem };
    }
    const unknown: string[] = [];
    for (let i = 0; i < texts.length; i++) {
      const isHit = this.#known.get(texts[i]!);
      if (isHit === undefined) unknown.push(texts[i]!);
      else if (isHit) hits[i] = 1;
    }
    if (unknown.length > 0 && this.#waiting === undefined) this.#ask(unknown);
    return { hits, isPending: unknown.length > 0, problem: '' };
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#waiting = undefined;
  }

  #begin(pattern: string): void {
    // What still runs is of another expression, and may take its time.
    if (this.#waiting !== undefined) this.close();
    this.#pattern = pattern;
    this.#known = new Map();
    const expression = compilePattern(pattern);
    this.#problem = typeof expression === 'string' ? `Not an expression: ${expression}` : '';
  }

  #ask(texts: readonly string[]): void {
    if (this.#worker === undefined) {
      this.#worker = new Worker(new URL('./matchWorker.ts', import.meta.url), { type: 'module' });
      this.#worker.onmessage = ({ data }: MessageEvent<MatchAnswer>) => this.#take(data);
      this.#worker.onerror = () => this.#give('The expression could not be tried here');
    }
    this.#waiting = { id: ++this.#lastId, pattern: this.#pattern, texts };
    this.#worker.postMessage(this.#waiting);
    this.#timer = window.setTimeout(
      () => this.#give('The expression takes too long: make it simpler'),
      MOST_MS,
    );
  }

  #take({ id, hits }: MatchAnswer): void {
    const task = this.#waiting;
    if (task === undefined || task.id !== id) return;
    clearTimeout(this.#timer);
    this.#waiting = undefined;
    if (this.#known.size > MOST_TEXTS) this.#known.clear();
    task.texts.forEach((text, i) => void this.#known.set(text, hits[i] === 1));
    this.#tell();
  }

  /** Ends what runs: the expression is not tried again. */
  #give(problem: string): void {
    this.close();
    this.#problem = problem;
    this.#tell();
  }

  #tell(): void {
    this.version++;
    this.#changed();
  }
}
