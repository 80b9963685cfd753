// SPDX-License-Identifier: Apache-2.0

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Lets a change be undone instead of cut off when the user interrupts it: a handler that only
 * remembers, for the time of the change.
 */
export function watchSignals(): { readonly isCancelled: () => boolean; readonly stop: () => void } {
  let isCancelled = false;
  const remember = (): void => {
    isCancelled = true;
  };
  for (const signal of SIGNALS) process.on(signal, remember);
  return {
    isCancelled: () => isCancelled,
    stop: () => {
      for (const signal of SIGNALS) process.off(signal, remember);
    },
  };
}
