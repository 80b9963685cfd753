// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const ADDON = 'otel-heap.node';

/**
 * Lets the allocator give large freed blocks back to the system (native/heap): some 70 MB of an
 * agent on a busy host. To be called before other threads start.
 * @param helperPath beside which the addon is, or in the same checkout
 * @returns false where it is not there or cannot be loaded: then more memory is used
 */
export function giveMemoryBack(helperPath: string): boolean {
  const folder = dirname(helperPath);
  const places = [
    join(folder, ADDON),
    join(folder, '../../../heap/zig-out', basename(folder), ADDON),
  ];
  const path = places.find((place) => existsSync(place));
  if (path === undefined) return false;
  try {
    process.dlopen({ exports: {} }, path);
    return true;
  } catch {
    return false;
  }
}
