// SPDX-License-Identifier: Apache-2.0
// FNV-1a with 128 bits (IETF draft-eastlake-fnv): offset basis 6c62272e07bb014262b821756295c58d,
// prime 2^88 + 2^8 + 0x3b. Four 32-bit limbs: a BigInt per byte would be some fifty times slower.

/** Running FNV-1a-128 state; feed bytes, then take the hexadecimal digest. */
export class Fnv1a128 {
  // Limbs from least to most significant.
  #a = 0x6295c58d;
  #b = 0x62b82175;
  #c = 0x07bb0142;
  #d = 0x6c62272e;

  update(bytes: Uint8Array): this {
    for (let i = 0; i < bytes.length; i++) this.#step(bytes[i]!);
    return this;
  }

  /** 32 lower-case hex digits. */
  digest(): string {
    return [this.#d, this.#c, this.#b, this.#a]
      .map((limb) => limb.toString(16).padStart(8, '0'))
      .join('');
  }

  /** hash = (hash XOR byte) × (2^88 + 0x13b) mod 2^128. */
  #step(byte: number): void {
    const a = (this.#a ^ byte) >>> 0;
    const b = this.#b;
    const c = this.#c;
    const d = this.#d;
    // × 0x13b, carrying between limbs; each product stays below 2^41.
    const p0 = a * 0x13b;
    const p1 = b * 0x13b + Math.floor(p0 / 4294967296);
    // × 2^88 moves limb 0 to bit 88: 24 bits into limb 2, the rest into limb 3.
    const p2 = c * 0x13b + Math.floor(p1 / 4294967296) + ((a << 24) >>> 0);
    const p3 = d * 0x13b + Math.floor(p2 / 4294967296) + (a >>> 8) + ((b << 24) >>> 0);
    this.#a = p0 >>> 0;
    this.#b = p1 >>> 0;
    this.#c = p2 >>> 0;
    this.#d = p3 >>> 0;
  }
}

/** FNV-1a-128 of some bytes, as 32 hex digits. */
export function fnv1a128(bytes: Uint8Array): string {
  return new Fnv1a128().update(bytes).digest();
}
