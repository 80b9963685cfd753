// SPDX-License-Identifier: Apache-2.0
// What a frame is called: by its file's symbols, by kallsyms, or by why a stack ends.
import type { CodeMapping, ProfileFrame } from '@otelkit/otlp';
import { type KernelSymbols, kernelAddress } from '@otelkit/symbols';
import type { FileTable } from '../files/fileTable.ts';
import type { ProfiledFile } from '../files/profiledFile.ts';
import type { SymbolCache } from '../files/symbolCache.ts';
import { endReason } from './endReasons.ts';
import { type FrameNamer, KERNEL_SLOT, MARKER_SLOT } from './frameTable.ts';

export interface FrameNamesOptions {
  readonly files: Pick<FileTable, 'ofSlot'>;
  /** Undefined when nothing shall be named on this host (`--symbolize=off`). */
  readonly symbols: SymbolCache | undefined;
  readonly kernel: KernelSymbols;
}

const TWO_32 = 4_294_967_296;
const HIGH_KERNEL = 0xffff0000;
const ANONYMOUS: CodeMapping = { fileName: '//anon' };

/** Names frames of native code, Go and the kernel. */
export class FrameNames implements FrameNamer {
  readonly #options: FrameNamesOptions;
  readonly #kernelMappings = new Map<string, CodeMapping>();

  constructor(options: FrameNamesOptions) {
    this.#options = options;
  }

  framesOf(slot: number, address: number): readonly ProfileFrame[] {
    if (slot === KERNEL_SLOT) return [this.#kernelFrame(address)];
    if (slot === MARKER_SLOT) return [markerFrame(address)];
    const file = slot === 0 ? undefined : this.#options.files.ofSlot(slot);
    if (file === undefined) return [{ kind: 'native', mapping: ANONYMOUS, address }];
    return this.#fileFrames(file, address);
  }

  #fileFrames(file: ProfiledFile, address: number): readonly ProfileFrame[] {
    const { frameType: kind, mapping } = file;
    const found = this.#options.symbols?.of(file)?.resolve(address) ?? [];
    if (found.length === 0) return [{ kind, mapping, address }];
    return found.map(({ functionName, file: fileName, line, isInlined }) => ({
      kind,
      mapping,
      address,
      functionName,
      fileName,
      line,
      inlined: isInlined,
    }));
  }

  #kernelFrame(low48: number): ProfileFrame {
    const high = (HIGH_KERNEL | Math.floor(low48 / TWO_32)) >>> 0;
    const low = low48 % TWO_32;
    const found = this.#options.kernel.resolve(kernelAddress(high, low));
    const mapping = this.#kernelMapping(found?.module ?? 'vmlinux');
    const address = (BigInt(high) << 32n) | BigInt(low);
    return { kind: 'kernel', mapping, address, functionName: found?.functionName };
  }

  #kernelMapping(module: string): CodeMapping {
    let mapping = this.#kernelMappings.get(module);
    if (mapping === undefined) {
      const known = this.#options.kernel.modules.find(({ name }) => name === module);
      const fileName = module === 'vmlinux' || module === 'bpf' ? `[${module}]` : module;
      mapping = {
        fileName,
        ...(known?.buildId !== undefined && { buildIdGnu: known.buildId }),
        ...(known?.fileId !== undefined && { buildIdHtlhash: known.fileId }),
      };
      this.#kernelMappings.set(module, mapping);
    }
    return mapping;
  }
}

/** `abort-marker` is the frame type by which collectors know that a stack was not seen whole. */
function markerFrame(encoded: number): ProfileFrame {
  const { name, says } = endReason(encoded % 256);
  const depth = Math.floor(encoded / 256);
  const functionName = depth > 0 ? `[${says} after ${depth} frames]` : `[${name}: ${says}]`;
  return { kind: 'abort-marker', functionName };
}
