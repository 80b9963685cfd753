// SPDX-License-Identifier: Apache-2.0
// What the server holds, kept up to date: by its events, and by asking again when it went away.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LiveEvent, Status } from '../contract.ts';
import { type Failure, getJson } from './requests.ts';

/** A page that is left open for hours must not keep a server busy. */
const MIN_UPDATE_MS = 2_000;
const RETRY_MS = 3_000;

export interface StatusState {
  readonly status: Status | undefined;
  readonly failure: Failure | undefined;
  /** Grows when data came in. */
  readonly tick: number;
  readonly retry: () => void;
}

/** @param isPaused events are not followed, as in a tab that nobody sees */
export function useStatus(isPaused: boolean): StatusState {
  const [status, setStatus] = useState<Status>();
  const [failure, setFailure] = useState<Failure>();
  const [tick, setTick] = useState(0);
  const [attempt, setAttempt] = useState(0);
  const retry = () => setAttempt((count) => count + 1);
  const isLive = status?.mode === 'live';

  useEffect(() => {
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    getJson<Status>('api/status').then((answer) => {
      if (isGone) return;
      if ('data' in answer) {
        setStatus(answer.data);
        setFailure(undefined);
        setTick((count) => count + 1);
        return;
      }
      setFailure(answer.failure);
      timer = setTimeout(retry, RETRY_MS);
    });
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [attempt]);

  useLiveEvents(isLive && !isPaused, retry);
  return { status, failure, tick, retry };
}

/** Calls back at most every MIN_UPDATE_MS while events come, and once when the connection broke. */
function useLiveEvents(isOn: boolean, onNews: () => void): void {
  const latest = useRef(onNews);
  latest.current = onNews;
  useEffect(() => {
    if (!isOn) return;
    let updatedAt = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const update = () => {
      timer = undefined;
      if (document.hidden) return;
      updatedAt = performance.now();
      latest.current();
    };
    const schedule = () => {
      if (timer !== undefined) return;
      timer = setTimeout(update, Math.max(0, updatedAt + MIN_UPDATE_MS - performance.now()));
    };
    const source = new EventSource('api/live');
    let seen: string | undefined;
    source.onmessage = (message) => {
      const key = newsOf(message.data);
      if (key !== seen) schedule();
      seen = key;
    };
    // The browser connects again by itself; the status request finds out what is wrong.
    source.onerror = schedule;
    document.addEventListener('visibilitychange', schedule);
    return () => {
      source.close();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', schedule);
    };
  }, [isOn]);
}

/** Events that say the same are no news. */
function newsOf(text: string): string {
  try {
    const { endMs, sampleCount, traceCount } = JSON.parse(text) as LiveEvent;
    return `${endMs} ${sampleCount} ${traceCount}`;
  } catch {
    return text;
  }
}
