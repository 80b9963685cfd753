// SPDX-License-Identifier: Apache-2.0

/** `0x1f`: the form in which every address, offset and 64-bit number leaves the library. */
export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
