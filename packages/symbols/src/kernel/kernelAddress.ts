// SPDX-License-Identifier: Apache-2.0

const TWO_32 = 4294967296;
const SIGN = 0x80000000;

/**
 * A kernel address as a double. Most kernels live at the top of the 64-bit space, where doubles are
 * not exact, so the address is taken as signed: 0xffffffff81000000 is -0x7f000000.
 */
export function kernelAddress(high: number, low: number): number {
  return (high >= SIGN ? high - TWO_32 : high) * TWO_32 + low;
}

/** {@link kernelAddress} of a 64-bit number. */
export function kernelAddressOf(address: bigint): number {
  return Number(BigInt.asIntN(64, address));
}

/** The address as the kernel prints it, 16 digits. */
export function kernelAddressHex(address: number): string {
  return BigInt.asUintN(64, BigInt(address)).toString(16).padStart(16, '0');
}
