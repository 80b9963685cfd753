// SPDX-License-Identifier: Apache-2.0
import { ExitCode } from '@otelkit/cli-kit';

/** Resolves at the first signal that asks for the end; the second one ends at once. */
export function stopSignal(): Promise<void> {
  let count = 0;
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(name, () => {
        if (++count > 1) process.exit(ExitCode.negative);
        resolve();
      });
    }
  });
}
