// SPDX-License-Identifier: Apache-2.0
// Processes that make code while they run (just-in-time compilers): the same address means other code
// in each of them, so that each has a number of its own in frames.
import { PROFILE_LIMITS } from '../limits.ts';
import { GENERATED_SLOT } from '../traces/frameTable.ts';
import type { ProcessImage } from './processTable.ts';

/** Numbers of those processes. */
export class GeneratedCodeTable {
  readonly #images = new Map<number, ProcessImage>();
  #next = GENERATED_SLOT;
  /** Called for each new one: what names its code may be gone when it is asked for. */
  onNew: ((slot: number) => void) | undefined;

  /** 0 when there are too many of them. */
  slotOf(image: ProcessImage): number {
    if (image.generatedSlot !== 0) return image.generatedSlot;
    if (this.#images.size >= PROFILE_LIMITS.generatedCodeProcesses) return 0;
    const slot = this.#next++;
    image.generatedSlot = slot;
    this.#images.set(slot, image);
    this.onNew?.(slot);
    return slot;
  }

  image(slot: number): ProcessImage | undefined {
    return this.#images.get(slot);
  }

  forget(images: readonly ProcessImage[]): void {
    for (const { generatedSlot } of images) this.#images.delete(generatedSlot);
  }
}
