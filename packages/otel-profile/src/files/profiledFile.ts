// SPDX-License-Identifier: Apache-2.0
import type { FileSegment, NewFile } from '@otelkit/bpf-client';
import type { FileSource } from '@otelkit/core';
import type { CodeMapping } from '@otelkit/otlp';
import type { OpenedFile } from './openMappedFile.ts';

/**
 * `announced`: mapped somewhere, but nothing that maps it has been sampled; `pending`: being read;
 * `ready` and `failed`: the helper knows how to treat it.
 */
export type FileState = 'announced' | 'pending' | 'ready' | 'failed';

/** A file that code runs from. */
export interface ProfiledFile {
  /** As the helper's records name it. */
  readonly key: string;
  /** Its number in frames; 0 for memory without a file, and for files that cannot be read. */
  slot: number;
  state: FileState;
  /** What the helper told of it. */
  record: NewFile;
  /** As the process that mapped it first sees it. */
  readonly path: string;
  /** Whether its name was gone already when it was mapped. */
  readonly isDeleted: boolean;
  /** The OpenTelemetry file ID, hexadecimal; '' where unknown. */
  fileId: string;
  /** `profile.frame.type` of its code. */
  frameType: 'native' | 'go';
  mapping: CodeMapping;
  segments: readonly FileSegment[];
  /** The unwind table, where the model unwinder may need it; the path of its cache file if any. */
  tablePath: string | undefined;
  tableBytes: Uint8Array | undefined;
  /** Opened before its turn to be read: its process may be gone by then. */
  opened: OpenedFile | undefined;
  /** Kept open for its symbols, because its name may be gone by then. */
  kept: FileSource | undefined;
  /** Root directory in which its path is meant; '' for our own. */
  root: string;
  /** Why it failed, for a person. */
  failure: string | undefined;
  failedAtMs: number;
  /** Since when no process maps it; undefined while one does. */
  unusedSinceMs: number | undefined;
}
