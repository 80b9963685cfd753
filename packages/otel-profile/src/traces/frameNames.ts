// SPDX-License-Identifier: Apache-2.0
// What frames are called: by their file's symbols, by kallsyms, or by why a stack ends. Names are
// asked for many at a time, in the background: large symbol tables must not hold up samples.
import type { ProcFs } from '@otelkit/core';
import type { CodeMapping, ProfileFrame } from '@otelkit/otlp';
import {
  framesOfBatch,
  identify,
  kernelAddress,
  type ResolvedBatch,
  readModules,
  type SymbolTarget,
} from '@otelkit/symbols';
import type { FileTable } from '../files/fileTable.ts';
import type { ProfiledFile } from '../files/profiledFile.ts';
import { PROFILE_LIMITS } from '../limits.ts';
import type { GeneratedCodeTable } from '../processes/generatedCode.ts';
import { endReason } from './endReasons.ts';
import { type FrameTable, GENERATED_SLOT, KERNEL_SLOT, MARKER_SLOT } from './frameTable.ts';
import type { PieceTable } from './pieceTable.ts';

/** Who knows names: a worker of @otelkit/symbols. */
export interface NameResolver {
  resolve(target: SymbolTarget, addresses: Float64Array): Promise<ResolvedBatch>;
}

export interface FrameNamesOptions {
  readonly fs: ProcFs;
  readonly files: Pick<FileTable, 'ofSlot'>;
  readonly frames: FrameTable;
  readonly pieces: PieceTable;
  readonly generated: Pick<GeneratedCodeTable, 'image'>;
  /** Undefined when nothing shall be named on this host (`--symbolize=off`). */
  readonly resolver: NameResolver | undefined;
}

const TWO_32 = 4_294_967_296;
const HIGH_KERNEL = 0xffff0000;
const ANONYMOUS: CodeMapping = { fileName: '//anon' };
const KERNEL_NAME = 'vmlinux';

/** Names frames of native code, Go and the kernel. */
export class FrameNames {
  readonly #options: FrameNamesOptions;
  readonly #kernelMappings = new Map<string, CodeMapping>();
  #next = 0;
  /** Frames of generated code: programs may tell their names some time later. */
  #nameless: number[] = [];
  #askedAgainMs = Number.NEGATIVE_INFINITY;
  readonly #waiting: (() => void)[] = [];
  #pending = 0;
  #asked: Promise<unknown> = Promise.resolve();

  constructor(options: FrameNamesOptions) {
    this.#options = options;
  }

  /** Frames were numbered anew: those that have no name yet are asked for again. */
  restart(): void {
    this.#next = 0;
    this.#nameless = [];
  }

  /** A process makes code: its map is opened while it runs. */
  expect(slot: number): void {
    const target = this.#targetOf(slot);
    if (target !== undefined) void this.#options.resolver?.resolve(target, new Float64Array(0));
  }

  /** Names are being looked up, by the present numbers of frames. */
  get isBusy(): boolean {
    return this.#pending > 0;
  }

  /** Resolves when what has been asked for until now has its names, whatever is asked meanwhile. */
  get asked(): Promise<unknown> {
    return this.#asked;
  }

  /** Resolves when every name that was asked for is there. */
  settled(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Names every frame that was met since the last call. Never rejects. */
  async nameNew(): Promise<void> {
    const { frames } = this.#options;
    const from = this.#next;
    this.#next = frames.count;
    const bySlot = new Map<number, number[]>();
    const ids = this.#namelessAgain();
    for (let id = from; id < this.#next; id++) {
      // Named before everything was numbered anew.
      const isNamed = from === 0 && this.#options.pieces.has(id);
      if (!isNamed || frames.slotOf(id) >= GENERATED_SLOT) ids.push(id);
    }
    for (const id of ids) {
      const slot = frames.slotOf(id);
      const ofSlot = bySlot.get(slot);
      if (ofSlot === undefined) bySlot.set(slot, [id]);
      else ofSlot.push(id);
    }
    const most = PROFILE_LIMITS.addressesPerRequest;
    const work: Promise<void>[] = [];
    // Answers come in the order of questions: what has most frames first, where time runs short.
    const ordered = [...bySlot].sort(([, a], [, b]) => b.length - a.length);
    for (const [slot, ofSlot] of ordered) {
      for (let i = 0; i < ofSlot.length; i += most)
        work.push(this.#name(slot, ofSlot.slice(i, i + most)));
    }
    if (work.length === 0) return;
    this.#pending++;
    this.#asked = Promise.all([this.#asked, ...work]);
    await Promise.all(work);
    this.#pending--;
    if (this.#pending === 0) for (const done of this.#waiting.splice(0)) done();
  }

  async #name(slot: number, ids: readonly number[]): Promise<void> {
    const { frames, pieces, resolver } = this.#options;
    const file = this.#options.files.ofSlot(slot);
    const target = this.#targetOf(slot);
    if (target === undefined || resolver === undefined) {
      for (const id of ids) pieces.set(id, [this.plain(slot, frames.addressOf(id))]);
      return;
    }
    const addresses = Float64Array.from(ids, (id) => frames.addressOf(id));
    if (slot === KERNEL_SLOT)
      for (let i = 0; i < ids.length; i++) addresses[i] = toKernel(addresses[i]!);
    const batch = await resolver.resolve(target, addresses);
    for (let i = 0; i < ids.length; i++) {
      const address = frames.addressOf(ids[i]!);
      const found = framesOfBatch(batch, i);
      pieces.set(ids[i]!, this.#named(slot, file, address, found));
      const mayCome = slot >= GENERATED_SLOT && batch.problem === undefined;
      if (found.length > 0 || !mayCome) continue;
      if (this.#nameless.length < PROFILE_LIMITS.namelessFrames) this.#nameless.push(ids[i]!);
    }
  }

  #namelessAgain(): number[] {
    const nowMs = performance.now();
    if (nowMs - this.#askedAgainMs < PROFILE_LIMITS.askAgainMs) return [];
    this.#askedAgainMs = nowMs;
    return this.#nameless.splice(0);
  }

  #targetOf(slot: number): SymbolTarget | undefined {
    if (slot === KERNEL_SLOT) return KERNEL;
    if (slot >= GENERATED_SLOT) {
      const image = this.#options.generated.image(slot);
      if (image === undefined) return undefined;
      return { kind: 'generated', pid: image.pid, key: `${slot}` };
    }
    const file = this.#options.files.ofSlot(slot);
    return file === undefined ? undefined : targetOf(file);
  }

  /** A frame as long as nothing is known of its name. */
  plain(slot: number, address: number): ProfileFrame {
    if (slot === KERNEL_SLOT) return this.#kernelFrame(address, undefined, KERNEL_NAME);
    if (slot === MARKER_SLOT) return markerFrame(address);
    const file = slot === 0 ? undefined : this.#options.files.ofSlot(slot);
    if (file === undefined) return { kind: 'native', mapping: ANONYMOUS, address };
    return { kind: file.frameType, mapping: file.mapping, address };
  }

  #named(
    slot: number,
    file: ProfiledFile | undefined,
    address: number,
    found: ReturnType<typeof framesOfBatch>,
  ): readonly ProfileFrame[] {
    if (found.length === 0) return [this.plain(slot, address)];
    if (slot >= GENERATED_SLOT) {
      const [{ functionName }] = found as [(typeof found)[0]];
      return [{ kind: 'native', mapping: ANONYMOUS, address, functionName }];
    }
    if (file === undefined) {
      const [{ functionName, file: module = KERNEL_NAME }] = found as [(typeof found)[0]];
      return [this.#kernelFrame(address, functionName, module)];
    }
    const { frameType: kind, mapping } = file;
    return found.map(({ functionName, systemName, file: fileName, line, column, isInlined }) => ({
      kind,
      mapping,
      address,
      functionName,
      systemName,
      fileName,
      line,
      column,
      inlined: isInlined,
    }));
  }

  #kernelFrame(low48: number, functionName: string | undefined, module: string): ProfileFrame {
    const high = (HIGH_KERNEL | Math.floor(low48 / TWO_32)) >>> 0;
    const address = (BigInt(high) << 32n) | BigInt(low48 % TWO_32);
    return { kind: 'kernel', mapping: this.#kernelMapping(module), address, functionName };
  }

  #kernelMapping(name: string): CodeMapping {
    let mapping = this.#kernelMappings.get(name);
    if (mapping === undefined) {
      const { fs } = this.#options;
      const isImage = name === KERNEL_NAME;
      const loaded = isImage
        ? { name, start: 0, end: 0 }
        : readModules(fs).find((one) => one.name === name);
      const known = loaded === undefined ? undefined : identify(fs, '/sys', loaded);
      mapping = {
        fileName: loaded === undefined || isImage ? `[${isImage ? 'kernel' : name}]` : name,
        ...(known?.buildId !== undefined && { buildIdGnu: known.buildId }),
        ...(known?.fileId !== undefined && { buildIdHtlhash: known.fileId }),
      };
      this.#kernelMappings.set(name, mapping);
    }
    return mapping;
  }
}

const KERNEL: SymbolTarget = { kind: 'kernel' };

function toKernel(low48: number): number {
  const high = (HIGH_KERNEL | Math.floor(low48 / TWO_32)) >>> 0;
  return kernelAddress(high, low48 % TWO_32);
}

function targetOf(file: ProfiledFile): SymbolTarget | undefined {
  const { content, slot, path, root, kept, isDeleted } = file;
  if (path === '[vdso]') return { kind: 'vdso' };
  // The descriptor leads to the very file, whatever became of its name.
  const openPath = kept === undefined ? `${root}${path}` : `/proc/self/fd/${kept.fd}`;
  const key = `${slot}:${content ?? ''}`;
  const named = { key, openPath, path: isDeleted ? '' : path, root };
  return { kind: 'file', file: content === undefined ? named : { ...named, content } };
}

/** `abort-marker` is the frame type by which collectors know that a stack was not seen whole. */
function markerFrame(encoded: number): ProfileFrame {
  const { name, says } = endReason(encoded % 256);
  const depth = Math.floor(encoded / 256);
  const functionName = depth > 0 ? `[${says} after ${depth} frames]` : `[${name}: ${says}]`;
  return { kind: 'abort-marker', functionName };
}
