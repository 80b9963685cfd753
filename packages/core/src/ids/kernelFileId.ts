// SPDX-License-Identifier: Apache-2.0
import { fnv1a128 } from './fnv1a128.ts';

/**
 * File ID of a kernel image or module, of which no file may be at hand: FNV-1a-128 of the build
 * ID's lower-case hexadecimal text. `buildIdHex` is the GNU build ID.
 */
export function kernelFileId(buildIdHex: string): string {
  return fnv1a128(Buffer.from(buildIdHex.toLowerCase(), 'ascii'));
}
