// SPDX-License-Identifier: Apache-2.0
import type { HelperError, LogMessage, StartOptions } from '@otelkit/bpf-client';
import type { ProfiledFile } from '../files/profiledFile.ts';
import type { TableStore } from '../files/tableStore.ts';
import type { Chosen } from '../processes/choice.ts';
import type { TablesOptions } from './tables.ts';

export interface ProfilerOptions extends Omit<TablesOptions, 'fs'>, Chosen {
  readonly helperPath: string;
  readonly start: StartOptions;
  readonly tables: TableStore;
  /** A process is forgotten so long after its exit: its samples have been sent by then. */
  readonly keepExitedMs: number;
  readonly onLog?: (message: LogMessage) => void;
  readonly onFileProblem?: (file: ProfiledFile, reason: string) => void;
  /** The helper ended: nothing comes any more. */
  readonly onDeath?: (error: HelperError) => void;
}

/** What the profiler itself counts. */
export interface ProfilerCounts {
  samples: number;
  unwanted: number;
  withoutStack: number;
  withoutProcess: number;
  rawCopies: number;
}
