// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../diagnostics/diagnostic.ts';
import { LIMITS } from '../limits.ts';
import { openVerified } from '../proc/verifiedOpen.ts';
import type { ReadText } from './runtime/types.ts';

/**
 * Reads small text files of a target; what is missing, odd or forbidden is undefined.
 * @param resolve a path in the target's view as one that we can open
 */
export function textReader(resolve: (path: string) => string | undefined): ReadText {
  return (path) => {
    const resolved = resolve(path);
    if (resolved === undefined) return undefined;
    try {
      const source = openVerified(resolved, path);
      try {
        return source.read(0, LIMITS.runtimeFileBytes).toString('utf8');
      } finally {
        source.close();
      }
    } catch (error) {
      if (error instanceof InputError) return undefined;
      throw error;
    }
  };
}
