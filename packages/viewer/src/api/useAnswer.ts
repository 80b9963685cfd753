// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Answer, type Failure, getJson } from './requests.ts';

export interface Loaded<T> {
  /** The last answer; stays while the next one is on its way, and when that fails. */
  readonly data: T | undefined;
  /** Path that `data` answers. */
  readonly path: string | undefined;
  readonly failure: Failure | undefined;
  readonly isLoading: boolean;
}

const NOTHING = { data: undefined, path: undefined, failure: undefined, isLoading: false };

/**
 * Asks for `path` when it changes, and again when `tick` does; an answer that is still on its way
 * when the tick comes is waited for, so that a slow server is never asked twice at once.
 * @param path undefined asks for nothing
 * @param load what asks; the same one for the life of the component
 */
export function useAnswer<T>(
  path: string | undefined,
  tick: number,
  load: (path: string, signal: AbortSignal) => Promise<Answer<T>> = getJson,
): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>(NOTHING);
  const running = useRef<{ path: string; controller: AbortController } | undefined>(undefined);
  useEffect(() => {
    if (path === undefined) {
      running.current?.controller.abort();
      running.current = undefined;
      setLoaded(NOTHING);
      return;
    }
    if (running.current?.path === path) return;
    running.current?.controller.abort();
    const request = { path, controller: new AbortController() };
    running.current = request;
    setLoaded((before) => ({ ...before, isLoading: true }));
    load(path, request.controller.signal).then(
      (answer) => {
        if (running.current !== request) return;
        running.current = undefined;
        setLoaded((before) =>
          'data' in answer
            ? { data: answer.data, path, failure: undefined, isLoading: false }
            : { ...before, failure: answer.failure, isLoading: false },
        );
      },
      () => {
        // Aborted: what came instead has the say.
      },
    );
  }, [path, tick]);
  useEffect(() => () => running.current?.controller.abort(), []);
  return loaded;
}
