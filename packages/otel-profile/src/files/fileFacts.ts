// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import type { FileSegment } from '@otelkit/bpf-client';
import { type ElfFile, gnuBuildId, otelFileId, PF, readGoBuildId } from '@otelkit/core';
import type { CodeMapping } from '@otelkit/otlp';

export interface FileFacts {
  readonly fileId: string;
  readonly frameType: 'native' | 'go';
  readonly mapping: CodeMapping;
  readonly segments: readonly FileSegment[];
}

/** What is said of a file to the helper and to collectors. @throws InputError */
export function readFileFacts(elf: ElfFile, path: string): FileFacts {
  const fileId = otelFileId(elf.source);
  const buildIdGnu = gnuBuildId(elf);
  const buildIdGo = readGoBuildId(elf);
  const isGo = elf.section('.gopclntab') !== undefined || buildIdGo !== undefined;
  return {
    fileId,
    frameType: isGo ? 'go' : 'native',
    segments: codeSegments(elf),
    mapping: {
      fileName: basename(path),
      buildIdHtlhash: fileId,
      ...(buildIdGnu !== null && { buildIdGnu }),
      ...(buildIdGo !== undefined && { buildIdGo }),
    },
  };
}

/** Executable PT_LOADs: others may share a page of the file with them and would be mistaken. */
export function codeSegments(elf: ElfFile): FileSegment[] {
  return elf.loads
    .filter(({ flags }) => (flags & PF.X) !== 0)
    .map(({ fileOffset, vaddr, memSizeBytes }) => ({
      offset: fileOffset,
      vaddr: Number(vaddr),
      size: memSizeBytes,
    }))
    .filter(({ vaddr, size }) => Number.isSafeInteger(vaddr + size));
}
