// SPDX-License-Identifier: Apache-2.0
// Frames by number. A raw frame is the number of a file and an address of 48 bits.

/** Slot that stands for the kernel: the upper 16 bits of its addresses. */
export const KERNEL_SLOT = 0xffff;
/** Frames that say why a stack ends; beyond the numbers that records can hold. */
export const MARKER_SLOT = 0x10000;

/** From here on: code that one process made while it ran; a number for each such process. */
export const GENERATED_SLOT = 0x20000;

const FIRST_FRAMES = 4096;

/** All frames met so far. Numbers begin at 0 and are not given out again. */
export class FrameTable {
  readonly #bySlot = new Map<number, Map<number, number>>();
  #slots: Uint32Array = new Uint32Array(FIRST_FRAMES);
  #addresses: Float64Array = new Float64Array(FIRST_FRAMES);
  #count = 0;

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

  /** A number is given to another file: its frames are met anew. Their old numbers stay valid. */
  forgetSlot(slot: number): void {
    this.#bySlot.delete(slot);
  }

  /**
   * Forgets all frames but the marked ones, which are numbered anew.
   * @returns new numbers by old ones; -1 for the forgotten
   */
  keep(isUsed: Uint8Array): Int32Array {
    const renumbered = new Int32Array(this.#count).fill(-1);
    const old = { slots: this.#slots, addresses: this.#addresses, count: this.#count };
    this.#slots = new Uint32Array(FIRST_FRAMES);
    this.#addresses = new Float64Array(FIRST_FRAMES);
    this.#count = 0;
    this.#bySlot.clear();
    for (let id = 0; id < old.count; id++) {
      if (isUsed[id] === 1) renumbered[id] = this.idOf(old.slots[id]!, old.addresses[id]!);
    }
    return renumbered;
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
