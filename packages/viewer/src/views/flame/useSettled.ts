// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';

/** What only a screen reader sees follows when the picture stands still. */
export const READER_MS = 250;

/**
 * A value once it stood for a while: what costs much and is not looked at need not follow each step
 * of a zoom.
 * @param delayMs 0 follows at once
 * @returns undefined until the first value stood
 */
export function useSettled<T>(value: T, delayMs: number): T | undefined {
  const [settled, setSettled] = useState<T>();
  useEffect(() => {
    if (delayMs === 0) return;
    const timer = setTimeout(() => setSettled(() => value), delayMs);
    return () => clearTimeout(timer);
  }, [value, delayMs]);
  return delayMs === 0 ? value : settled;
}
