// SPDX-License-Identifier: Apache-2.0
import { type ElfFile, gnuBuildId, kernelFileId, otelFileId, readGoBuildId } from '@otelkit/core';

/** Every ID of one file; null where it has none. */
export interface Ids {
  readonly path: string;
  readonly gnu: string | null;
  readonly go: string | null;
  /** OpenTelemetry's `htlhash`. */
  readonly file: string | null;
  /** What the file would be called if it were the kernel or a module of it. */
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
    kernel: gnu === null ? null : kernelFileId(gnu),
  };
}
