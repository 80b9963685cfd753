// SPDX-License-Identifier: Apache-2.0
import {
  type ElfFile,
  gnuBuildId,
  isKernelCode,
  kernelFileId,
  otelFileId,
  readGoBuildId,
} from '@otelkit/core';

/** Every ID of one file; null where it has none. */
export interface Ids {
  readonly path: string;
  readonly gnu: string | null;
  readonly go: string | null;
  /** OpenTelemetry's `htlhash`. */
  readonly file: string | null;
  /** Of the kernel and its modules, for which no file may be at hand; null for other files. */
  readonly kernel: string | null;
}

/** @throws InputError when the file cannot be read. */
export function idsOf(elf: ElfFile): Ids {
  const gnu = gnuBuildId(elf);
  return {
    path: elf.source.path,
    gnu,
    go: readGoBuildId(elf) ?? null,
    file: otelFileId(elf.source),
    kernel: gnu !== null && isKernelCode(elf) ? kernelFileId(gnu) : null,
  };
}
