// SPDX-License-Identifier: Apache-2.0
// CRC-64 of ECMA-182, reflected, as xz uses it. Kept as two 32-bit halves: BigInt arithmetic is a
// hundred times slower.

const POLYNOMIAL_HIGH = 0xc96c5795;
const POLYNOMIAL_LOW = 0xd7870f42;

const HIGH = new Uint32Array(256);
const LOW = new Uint32Array(256);
let isFilled = false;

function fillTables(): void {
  for (let byte = 0; byte < 256; byte++) {
    let high = 0;
    let low = byte;
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = (low & 1) === 1;
      low = ((low >>> 1) | (high << 31)) >>> 0;
      high >>>= 1;
      if (isOdd) {
        high = (high ^ POLYNOMIAL_HIGH) >>> 0;
        low = (low ^ POLYNOMIAL_LOW) >>> 0;
      }
    }
    HIGH[byte] = high;
    LOW[byte] = low;
  }
  isFilled = true;
}

/** The checksum as 16 hexadecimal digits. */
export function crc64(bytes: Uint8Array): string {
  if (!isFilled) fillTables();
  let high = 0xffffffff;
  let low = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) {
    const index = (low ^ bytes[i]!) & 0xff;
    low = (((low >>> 8) | (high << 24)) ^ LOW[index]!) >>> 0;
    high = ((high >>> 8) ^ HIGH[index]!) >>> 0;
  }
  const digits = (word: number): string => (~word >>> 0).toString(16).padStart(8, '0');
  return digits(high) + digits(low);
}
