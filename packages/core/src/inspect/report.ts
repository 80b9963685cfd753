// SPDX-License-Identifier: Apache-2.0
import type { CoreReport } from '../corefile/coreReport.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ElfKind } from '../elf/kind.ts';
import type { HardeningFacts } from '../hardening/hardening.ts';
import type { LibcFacts } from '../libc/detectLibc.ts';
import type { GoReport } from './goReport.ts';

/**
 * All that `inspect` says of one file. The property names are the public JSON schema
 * (docs/schema/inspect.schema.json); 64-bit numbers are hexadecimal strings.
 */
export interface FileReport {
  readonly path: string;
  /** Bytes, as the file system says. */
  readonly size: number;
  readonly class: 32 | 64;
  readonly data: 'LE' | 'BE';
  readonly machine: string;
  readonly machineCode: number;
  readonly type: string;
  readonly typeCode: number;
  readonly kind: ElfKind | null;
  readonly osabi: string;
  readonly abiVersion: number;
  readonly entry: string;
  readonly interpreter: string | null;
  readonly needed: readonly string[];
  readonly soname: string | null;
  readonly rpath: string | null;
  readonly runpath: string | null;
  readonly libc: LibcFacts;
  readonly gnuBuildId: string | null;
  readonly goBuildId: string | null;
  readonly goVersion: string | null;
  /** OpenTelemetry's htlhash; null where the end of the file cannot be read. */
  readonly fileId: string | null;
  /** FNV-1a-128 of the build ID, for kernel images and modules; null for other files. */
  readonly kernelFileId: string | null;
  readonly hardening: HardeningFacts;
  readonly stripped: boolean | null;
  readonly debugOnly: boolean;
  readonly debug: { readonly forms: readonly string[] };
  readonly debuglink: { readonly name: string; readonly crc: string | null } | null;
  readonly notes: {
    readonly package: unknown;
    readonly dlopen: readonly unknown[];
    readonly abiTag: string | null;
    readonly properties: readonly string[];
    readonly stapsdt: readonly ProbeReport[];
  };
  readonly packer: 'upx' | null;
  readonly go: GoReport | null;
  readonly core: CoreReport | null;
  /** What was damaged; everything else above was read all the same. */
  readonly diagnostics: readonly Diagnostic[];
  readonly diagnosticsDropped: number;
}

export interface ProbeReport {
  readonly provider: string;
  readonly name: string;
  readonly arguments: string;
  readonly pc: string;
  readonly semaphore: string;
}
