// SPDX-License-Identifier: Apache-2.0
// Frames by number. A raw frame is a file's number and an address of 48 bits; what it is called is
// looked up when somebody first asks, which for most frames of an agent is once for all time.
import type { ProfileFrame } from '@otelkit/otlp';

/** Where the pieces of a frame come from. */
export interface FrameNamer {
  /** Innermost first; more than one where calls were inlined; never empty. */
  framesOf(slot: number, address: number): readonly ProfileFrame[];
}

/** Slot that stands for the kernel: the upper 16 bits of its addresses. */
export const KERNEL_SLOT = 0xffff;
/** Frames that say why a stack ends; beyond the numbers that records can hold. */
export const MARKER_SLOT = 0x10000;

const FIRST_FRAMES = 4096;

/** All frames met so far. */
export class FrameTable {
  readonly #namer: FrameNamer;
  readonly #bySlot = new Map<number, Map<number, number>>();
  #slots: Uint32Array = new Uint32Array(FIRST_FRAMES);
  #addresses: Float64Array = new Float64Array(FIRST_FRAMES);
  readonly #frames: (readonly ProfileFrame[] | undefined)[] = [];
  #count = 0;

  constructor(namer: FrameNamer) {
    this.#namer = namer;
  }

  get count(): number {
    return this.#count;
  }

  /** @param address the lower 48 bits */
  idOf(slot: number, address: number): number {
    let addresses = this.#bySlot.get(slot);
    if (addresses === undefined) {
      addresses = new Map();
      this.#bySlot.set(slot, addresses);
    }
    const known = addresses.get(address);
    if (known !== undefined) return known;
    const id = this.#count++;
    if (id === this.#slots.length) this.#grow();
    this.#slots[id] = slot;
    this.#addresses[id] = address;
    addresses.set(address, id);
    return id;
  }

  slotOf(id: number): number {
    return this.#slots[id]!;
  }

  addressOf(id: number): number {
    return this.#addresses[id]!;
  }

  /** The named pieces of a frame. */
  framesOf(id: number): readonly ProfileFrame[] {
    let frames = this.#frames[id];
    if (frames === undefined) {
      frames = this.#namer.framesOf(this.#slots[id]!, this.#addresses[id]!);
      this.#frames[id] = frames;
    }
    return frames;
  }

  /** A number is given to another file: its frames are met anew. Their old numbers stay valid. */
  forgetSlot(slot: number): void {
    const addresses = this.#bySlot.get(slot);
    if (addresses === undefined) return;
    // Named now, while the file's symbols are still there.
    for (const id of addresses.values()) this.framesOf(id);
    this.#bySlot.delete(slot);
  }

  #grow(): void {
    const slots = new Uint32Array(2 * this.#slots.length);
    slots.set(this.#slots);
    this.#slots = slots;
    const addresses = new Float64Array(2 * this.#addresses.length);
    addresses.set(this.#addresses);
    this.#addresses = addresses;
  }
}
