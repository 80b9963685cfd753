// SPDX-License-Identifier: Apache-2.0
// By what files are found: the helper's numbers and keys, our own numbers, and their content. A
// hundred containers of one image have a hundred inodes of libc; one table is enough for all.
import type { NewFile } from '@otelkit/bpf-client';
import { PROFILE_LIMITS } from '../limits.ts';
import { newFile, type ProfiledFile } from './profiledFile.ts';
import { Slots } from './slots.ts';

/** What nobody has mapped for some time. */
export interface Unused {
  /** Files that are gone altogether. */
  readonly files: readonly ProfiledFile[];
  /** Keys of files of which others remain. */
  readonly keys: readonly string[];
}

export class FileIndex {
  readonly #byKey = new Map<string, ProfiledFile>();
  readonly #byRef = new Map<number, ProfiledFile>();
  readonly #bySlot = new Map<number, ProfiledFile>();
  readonly #byContent = new Map<string, ProfiledFile>();
  readonly #unusedSinceMs = new Map<number, number>();
  readonly #slots = new Slots(PROFILE_LIMITS.slots);

  get size(): number {
    return this.#byKey.size;
  }

  ofRef(ref: number): ProfiledFile | undefined {
    return this.#byRef.get(ref);
  }

  ofSlot(slot: number): ProfiledFile | undefined {
    return this.#bySlot.get(slot);
  }

  all(): Set<ProfiledFile> {
    return new Set(this.#byRef.values());
  }

  add(record: NewFile): ProfiledFile {
    const file = this.#byKey.get(record.key) ?? newFile(record);
    this.#byKey.set(record.key, file);
    this.#byRef.set(record.ref, file);
    file.keys.set(record.ref, record.key);
    // Announced anew: this process may be one that it can be read by.
    file.record = record;
    file.announcedMs = Date.now();
    return file;
  }

  /** Gives a file its number. @returns 0 when there are too many */
  number(file: ProfiledFile): number {
    if (file.slot !== 0) return file.slot;
    file.slot = this.#slots.take();
    if (file.slot !== 0) this.#bySlot.set(file.slot, file);
    return file.slot;
  }

  /** The file of this content: the given one when it is the first. */
  ofContent(content: string, file: ProfiledFile): ProfiledFile {
    const known = this.#byContent.get(content);
    if (known !== undefined) return known;
    if (file.content !== undefined) this.#byContent.delete(file.content);
    this.#byContent.set(content, file);
    file.content = content;
    return file;
  }

  /** From now on every key and number of `file` leads to `same`. */
  join(file: ProfiledFile, same: ProfiledFile): void {
    for (const [ref, key] of file.keys) {
      this.#byRef.set(ref, same);
      this.#byKey.set(key, same);
      same.keys.set(ref, key);
    }
    file.keys.clear();
  }

  /** Takes out what has not been used for long. @param isUsed by the helper's numbers */
  takeUnused(isUsed: (ref: number) => boolean, nowMs: number): Unused {
    const files: ProfiledFile[] = [];
    const keys: string[] = [];
    for (const [ref, file] of this.#byRef) {
      if (file.state === 'pending' || isUsed(ref)) {
        this.#unusedSinceMs.delete(ref);
        continue;
      }
      const sinceMs = this.#unusedSinceMs.get(ref) ?? nowMs;
      this.#unusedSinceMs.set(ref, sinceMs);
      if (nowMs - sinceMs < PROFILE_LIMITS.unusedFileMs) continue;
      const key = this.#drop(ref, file);
      if (file.keys.size > 0) keys.push(key);
      else files.push(file);
    }
    for (const file of files) this.#remove(file);
    return { files, keys };
  }

  #drop(ref: number, file: ProfiledFile): string {
    const key = file.keys.get(ref) ?? '';
    this.#unusedSinceMs.delete(ref);
    this.#byRef.delete(ref);
    file.keys.delete(ref);
    const isOwned = [...file.keys.values()].includes(key);
    if (!isOwned) this.#byKey.delete(key);
    return isOwned ? '' : key;
  }

  #remove(file: ProfiledFile): void {
    if (file.content !== undefined) this.#byContent.delete(file.content);
    if (file.slot === 0) return;
    this.#bySlot.delete(file.slot);
    this.#slots.give(file.slot);
  }
}
