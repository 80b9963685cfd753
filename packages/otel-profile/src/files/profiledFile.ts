// SPDX-License-Identifier: Apache-2.0
import type { FileSegment, NewFile } from '@otelkit/bpf-client';
import type { FileSource } from '@otelkit/core';
import type { CodeMapping } from '@otelkit/otlp';
import { type PinnedFile, unpin } from './openMappedFile.ts';

/**
 * `announced`: mapped somewhere, but nothing that maps it has been sampled; `pending`: being read;
 * `ready` and `failed`: the helper knows how to treat it.
 */
export type FileState = 'announced' | 'pending' | 'ready' | 'failed';

/** A file that code runs from, or several of the same content. */
export interface ProfiledFile {
  /** As the helper's records name it, by the helper's numbers: one for each inode, path and change. */
  readonly keys: Map<number, string>;
  /** By what files of the same content are known; undefined until it has been read. */
  content: string | undefined;
  /** Its number in frames; 0 for memory without a file, and for files that cannot be read. */
  slot: number;
  state: FileState;
  /** What the helper told of it last, and when: a time as files have them. */
  record: NewFile;
  announcedMs: number;
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
  /** Held before its turn to be read: its process may be gone by then. */
  pinned: PinnedFile | undefined;
  /** Kept open for its symbols, because its name may be gone by then. */
  kept: FileSource | undefined;
  /** Root directory in which its path is meant; '' for our own. */
  root: string;
  /** Why it failed, for a person. */
  failure: string | undefined;
  failedAtMs: number;
}

export function newFile(record: NewFile): ProfiledFile {
  const { path, deleted } = record;
  return {
    keys: new Map(),
    content: undefined,
    record,
    announcedMs: Date.now(),
    path,
    isDeleted: deleted === true,
    slot: 0,
    state: 'announced',
    fileId: '',
    frameType: 'native',
    mapping: { fileName: path },
    segments: [],
    tablePath: undefined,
    tableBytes: undefined,
    pinned: undefined,
    kept: undefined,
    root: '',
    failure: undefined,
    failedAtMs: 0,
  };
}

/** Closes what is open of it. */
export function closeFile(file: ProfiledFile): void {
  file.kept?.close();
  file.kept = undefined;
  if (file.pinned !== undefined) unpin(file.pinned);
  file.pinned = undefined;
}
