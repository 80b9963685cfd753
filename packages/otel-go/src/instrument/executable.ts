// SPDX-License-Identifier: Apache-2.0
import type { GoProblem, GoSite } from '@otelkit/bpf-client';
import type { GoAnalysis } from '../analyze/index.ts';

/** One executable file and what became of it. */
export interface Executable {
  readonly fileKey: string;
  /** As the first process that was found sees it. */
  readonly path: string;
  /** Its number in records; −1 as long as it has none. */
  config: number;
  state: 'attaching' | 'attached' | 'refused';
  /** Why it is refused. */
  reason: string | undefined;
  analysis: GoAnalysis | undefined;
  attached: readonly GoSite[];
  problems: readonly GoProblem[];
  /** Every process of the file is traced, also those that nobody knows of yet. */
  readonly isWhole: boolean;
  readonly pids: Set<number>;
  /** Since when no process runs it; undefined while one does. */
  idleSinceMs: number | undefined;
}
