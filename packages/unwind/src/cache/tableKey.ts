// SPDX-License-Identifier: Apache-2.0
import { fstatSync } from 'node:fs';
import { type ElfFile, FileSource, NT_GNU, noteBytes, otelFileId } from '@otelkit/core';

const LONGEST_BUILD_ID_BYTES = 64;

/**
 * What a file's table is cached by: its GNU build ID, else the OpenTelemetry file ID. Anybody can
 * write another file's build ID into his own, so its size and owner belong to the key: nobody
 * chooses the table by which the files of others are unwound.
 */
export function tableKey(elf: ElfFile): string {
  const note = elf.note('GNU', NT_GNU.BUILD_ID);
  const { source } = elf;
  const buildId = note === undefined ? '' : noteBytes(elf, note, LONGEST_BUILD_ID_BYTES);
  const id =
    buildId.length > 0 ? `b${Buffer.from(buildId).toString('hex')}` : `f${otelFileId(source)}`;
  const owner = source instanceof FileSource ? fstatSync(source.fd).uid : 0;
  return `${id}-${source.sizeBytes.toString(16)}-u${owner}`;
}
