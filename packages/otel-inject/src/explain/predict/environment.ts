// SPDX-License-Identifier: Apache-2.0
// An environment as the library changes it (native/injector/src/environ.zig): entries in order,
// the first of a name counts, what is no NAME=VALUE is kept.
import type { ByteText } from '../../config/byteText.ts';
import { INJECT_LIMITS } from '../../config/limits.ts';

export class Environment {
  readonly entries: ByteText[];
  readonly #room: number;
  /** A change was impossible: the library then drops its whole plan. */
  hasFailed = false;
  isChanged = false;

  constructor(entries: readonly ByteText[]) {
    this.entries = [...entries];
    this.#room = entries.length + INJECT_LIMITS.envAdditions + 1;
  }

  get(name: ByteText): ByteText | undefined {
    const at = this.#find(name);
    return at < 0 ? undefined : this.entries[at]!.slice(name.length + 1);
  }

  has(name: ByteText): boolean {
    return this.#find(name) >= 0;
  }

  /** A value that is there and not empty. */
  nonEmpty(name: ByteText): ByteText | undefined {
    return this.get(name) || undefined;
  }

  /** Replaces the first entry of that name or adds one; false when the limits forbid it. */
  set(name: ByteText, value: ByteText): boolean {
    const at = this.#find(name);
    const isTooLong = name.length + 1 + value.length > INJECT_LIMITS.envEntryBytes;
    if (isTooLong || (at < 0 && this.entries.length + 1 >= this.#room)) {
      this.hasFailed = true;
      return false;
    }
    this.isChanged = true;
    const entry = `${name}=${value}`;
    if (at < 0) this.entries.push(entry);
    else this.entries[at] = entry;
    return true;
  }

  remove(name: ByteText): void {
    const at = this.#find(name);
    if (at < 0) return;
    this.entries.splice(at, 1);
    this.isChanged = true;
  }

  #find(name: ByteText): number {
    const prefix = `${name}=`;
    return this.entries.findIndex((entry) => entry.startsWith(prefix));
  }
}
