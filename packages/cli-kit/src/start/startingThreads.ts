// SPDX-License-Identifier: Apache-2.0
// While a thread starts, Node takes its own modules' cached code only under V8's usual flags: what
// changed flags has to know when threads start, and when they have started.

export interface StartingThreads {
  /** At the start of each thread. */
  readonly onBegin: () => void;
  /** No thread is starting any more. */
  readonly onStarted: () => void;
  /** No thread is waited for longer. */
  readonly atMostMs?: number;
}

/** Tells of each thread that this one starts. It has started when it says something, or ends. */
export function watchStartingThreads({ onBegin, onStarted, atMostMs }: StartingThreads): void {
  let starting = 0;
  process.on('worker', (worker) => {
    starting++;
    onBegin();
    let isStarting = true;
    const started = (): void => {
      if (isStarting && --starting === 0) onStarted();
      isStarting = false;
    };
    worker.once('message', started);
    worker.once('exit', started);
    if (atMostMs !== undefined) setTimeout(started, atMostMs).unref();
  });
}
