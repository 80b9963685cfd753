// SPDX-License-Identifier: Apache-2.0
import { decodeBytes } from '@otelkit/core';

/** Names of threads by our own numbers, 0 for none: the helper numbers its names anew at times. */
export class ThreadNames {
  readonly #ofHelper = new Map<number, number>();
  readonly #ids = new Map<string, number>();
  #texts: string[] = [''];

  take(helperId: number, bytes: Buffer): void {
    this.#ofHelper.set(helperId, this.idOf(decodeBytes(bytes)));
  }

  idOf(text: string): number {
    if (text === '') return 0;
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#texts.length;
      this.#texts.push(text);
      this.#ids.set(text, id);
    }
    return id;
  }

  /** The helper numbers its names anew. */
  forgetHelper(): void {
    this.#ofHelper.clear();
  }

  /** Forgets what the helper has no number for; the others get new numbers. */
  compact(): void {
    const kept = [...this.#ofHelper].map(([id, own]) => [id, this.text(own)] as const);
    this.#texts = [''];
    this.#ids.clear();
    for (const [id, text] of kept) this.#ofHelper.set(id, this.idOf(text));
  }

  ofHelper(helperId: number): number {
    return this.#ofHelper.get(helperId) ?? 0;
  }

  text(id: number): string {
    return this.#texts[id] ?? '';
  }
}
