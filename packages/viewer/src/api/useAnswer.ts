// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import { Asker, type Load, type Loaded, NOTHING } from './asker.ts';
import { getJson } from './requests.ts';

/**
 * Asks for `path` when it changes, and again when `tick` does. What a person asks for supersedes
 * what is on its way; what only new samples ask for waits for it, and then for as long as it took:
 * an answer that takes seconds is shown, and its server is not kept busy.
 * @param path undefined asks for nothing
 * @param tick grows with new samples; 0 while they are not followed
 * @param load what asks; the same one for the life of the component
 */
export function useAnswer<T>(
  path: string | undefined,
  tick: number,
  load: Load<T> = getJson,
): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>(NOTHING);
  const asker = useRef<Asker<T> | undefined>(undefined);
  asker.current ??= new Asker<T>(load, setLoaded);
  useEffect(() => asker.current?.want(path, tick), [path, tick]);
  useEffect(() => () => asker.current?.close(), []);
  return loaded;
}
