// SPDX-License-Identifier: Apache-2.0
import type { Output } from '@otelkit/cli-kit';
import type { ElfFile } from '@otelkit/core';
import { reportDiagnostics, reportFailure } from './problems.ts';
import { expandTargets, openTarget, type Target, type TargetOptions } from './targets.ts';

export interface VisitOptions extends Omit<TargetOptions, 'onError'> {
  /** Asked first: it may deal with the target alone, which need not be opened then. */
  readonly shortcut?: (target: Target) => undefined | 'done' | Promise<void>;
}

/**
 * Opens each target in turn, hands it to `visit` and closes it; failures and diagnostics are
 * reported and the next target is tried.
 */
export async function eachTarget(
  args: readonly string[],
  output: Output,
  options: VisitOptions,
  visit: (elf: ElfFile, target: Target) => undefined | Promise<void>,
  before?: (target: Target) => void,
): Promise<void> {
  const onError = (error: unknown, path: string): void => reportFailure(output, error, path);
  for (const target of expandTargets(args, { ...options, onError })) {
    before?.(target);
    try {
      const answer = options.shortcut?.(target);
      if (answer !== undefined) {
        if (answer !== 'done') await answer;
        continue;
      }
      const elf = await openTarget(target);
      if (elf === undefined) continue;
      try {
        await visit(elf, target);
        const { list, droppedCount } = elf.diagnostics;
        reportDiagnostics(output, list, droppedCount, target.path);
      } finally {
        elf.source.close();
      }
    } catch (error) {
      reportFailure(output, error, target.path);
    }
  }
}
