// SPDX-License-Identifier: Apache-2.0

/** `0x1f`: the form in which every address, offset and 64-bit number leaves the library. */
export function hex(value: number | bigint): string {
  // A double above 2^53 came from a 64-bit field that no file offset reaches: say it is rounded.
  if (typeof value === 'number' && value > Number.MAX_SAFE_INTEGER)
    return `about ${rounded(value)}`;
  return `0x${value.toString(16)}`;
}

function rounded(value: number): string {
  return `0x${BigInt(value).toString(16)}`;
}
