// SPDX-License-Identifier: Apache-2.0
// Sections of large files are read into buffers outside of V8's heap, which lets dozens of megabytes
// of them pile up before it looks: in a thread with bursts of work that is the peak of the whole tool.
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MessagePort } from 'node:worker_threads';
import { watchStartingThreads } from '@otelkit/cli-kit';

const PILED_UP_BYTES = 12_582_912;
/** Both halves. */
const YOUNG_BYTES = 4_194_304;
const USUAL_GROWTH = 2;
const STARTING_MS = 300;

/** Collects after each message that leaves that much behind. Call it after the port's own handler. */
export function collectAfterMessages(port: MessagePort): void {
  const collect = collectorOfGarbage();
  port.on('message', () => collect());
}

/** @returns what collects in this thread, where that much was left behind since it last did */
export function collectorOfGarbage(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Flags are the whole process's, and code that is cached belongs to flags.
  setFlagsFromString('--no-expose-gc');
  let kept = 0;
  return () => {
    // Not process.memoryUsage(), which reads /proc.
    if (getHeapStatistics().external_memory - kept < PILED_UP_BYTES) return;
    collect();
    kept = getHeapStatistics().external_memory;
  };
}

/**
 * Keeps this thread's young objects within a few megabytes: a burst would give them 34 MB for good,
 * and what an agent makes anew lives for one message.
 */
export function boundYoungObjects(): void {
  let factor = USUAL_GROWTH;
  const grow = (wanted: number): void => {
    if (wanted !== factor) setFlagsFromString(`--semi-space-growth-factor=${wanted}`);
    factor = wanted;
  };
  let isStarting = false;
  const bound = (): void => {
    if (isStarting) return;
    const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    grow((space?.space_size ?? 0) >= YOUNG_BYTES ? 1 : USUAL_GROWTH);
  };
  bound();
  // They grow at a collection only, and a timer would wake an agent that has nothing to do.
  new PerformanceObserver(bound).observe({ entryTypes: ['gc'] });
  // It takes Node's own cached code only under V8's own flags, and sets this one back.
  watchStartingThreads({
    onBegin: () => {
      grow(USUAL_GROWTH);
      isStarting = true;
    },
    onStarted: () => {
      isStarting = false;
      bound();
    },
    // A busy machine starts it late, and the heap would grow until then.
    atMostMs: STARTING_MS,
  });
}

/**
 * The demangler is WebAssembly, which V8 optimizes after some hundred names: that takes longer than
 * to demangle all names of a host. Beyond many times as much work it is still done.
 */
export function spareWasmTiering(): void {
  setFlagsFromString('--wasm-tiering-budget=200000000');
}
