// SPDX-License-Identifier: Apache-2.0
// Processes that tell which span each of their threads is in (OTEP 4947): the helper is told where to
// look, and its samples of them bear trace ID and span ID. Files of sampled processes are looked at
// once each, between other work; nearly all have no such variable.
import type { ThreadContextReach } from '@otelkit/bpf-client';
import { ElfFile, type ProcFs } from '@otelkit/core';
import { openPinned, pinMappedFile, unpin } from '../files/openMappedFile.ts';
import type { ProfiledFile } from '../files/profiledFile.ts';
import { PROFILE_LIMITS } from '../limits.ts';
import type { ProcessMapping } from '../processes/mappings.ts';
import type { ProcessImage } from '../processes/processTable.ts';
import { type Libc, reachOf } from './reach.ts';
import { findThreadContext, type TlsVariable } from './tlsVariable.ts';

export interface ThreadContextsOptions {
  readonly fs: ProcFs;
  readonly fileOf: (ref: number) => ProfiledFile | undefined;
  /** Tells the helper; undefined: the process publishes nothing any more. */
  readonly tell: (pid: number, reach: ThreadContextReach | undefined) => void;
}

interface Asked {
  readonly image: ProcessImage;
  /** Numbers of files that have been looked at. */
  readonly seen: Set<number>;
  tries: number;
  isTold: boolean;
}

/** The loader writes what is looked for after it mapped the file: soon, or at the first use. */
const TRIES_MS = [20, 60, 200, 600, 2_000, 6_000, 20_000] as const;

/** musl is one file, its own loader; glibc's libc.so.6 is never mapped by the name libc.so. */
const MUSL = /\/(ld-musl-[^/]*|libc\.musl-[^/]*|libc\.so)$/;

/** A file's variable and its code segments. */
interface Found {
  readonly variable: TlsVariable;
  readonly segments: readonly { readonly fileOffset: number; readonly vaddr: number }[];
}

/** All processes whose contexts are looked for. */
export class ThreadContexts {
  readonly #options: ThreadContextsOptions;
  readonly #asked = new Map<number, Asked>();
  readonly #files = new WeakMap<ProfiledFile, Found | null>();
  readonly #queue = new Set<Asked>();
  #isRunning = false;
  #isClosed = false;

  constructor(options: ThreadContextsOptions) {
    this.#options = options;
  }

  /** At the first sample of an image. */
  ask(image: ProcessImage): void {
    image.isContextAsked = true;
    if (image.endNs !== undefined) return;
    const { pid } = image;
    this.#drop(pid);
    if (this.#asked.size >= PROFILE_LIMITS.processes) return;
    const asked: Asked = { image, seen: new Set(), tries: 0, isTold: false };
    this.#asked.set(pid, asked);
    this.#look(asked);
  }

  /** The process has mapped something more. */
  mapped(pid: number): void {
    const asked = this.#asked.get(pid);
    if (asked !== undefined && !asked.isTold) this.#look(asked);
  }

  /** The process runs another program, or has ended. */
  ended(pid: number): void {
    this.#drop(pid);
  }

  close(): void {
    this.#isClosed = true;
    this.#queue.clear();
    this.#asked.clear();
  }

  #drop(pid: number): void {
    const asked = this.#asked.get(pid);
    if (asked === undefined) return;
    this.#asked.delete(pid);
    this.#queue.delete(asked);
    if (asked.isTold) this.#options.tell(pid, undefined);
  }

  #look(asked: Asked): void {
    this.#queue.add(asked);
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => this.#next());
  }

  /** One file, then whatever else waits. */
  #next(): void {
    const [asked] = this.#queue;
    if (asked === undefined || this.#isClosed) {
      this.#isRunning = false;
      return;
    }
    if (!this.#step(asked)) this.#queue.delete(asked);
    setImmediate(() => this.#next());
  }

  /** @returns whether there is more to look at */
  #step(asked: Asked): boolean {
    const { image, seen } = asked;
    if (this.#asked.get(image.pid) !== asked || asked.isTold) return false;
    for (const mapping of image.mappings) {
      const { fileRef } = mapping;
      if (fileRef === 0 || seen.has(fileRef)) continue;
      seen.add(fileRef);
      const file = this.#options.fileOf(fileRef);
      if (file === undefined) continue;
      const wasKnown = this.#files.has(file);
      const found = this.#foundIn(file, image.pid, mapping);
      if (found !== null) {
        this.#resolve(asked, found, mapping);
        return false;
      }
      if (!wasKnown) return true;
    }
    return false;
  }

  #resolve(asked: Asked, found: Found, mapping: ProcessMapping): void {
    const { fs, tell } = this.#options;
    const { pid } = asked.image;
    const bias = biasOf(found.segments, mapping);
    const reach =
      bias === undefined
        ? undefined
        : reachOf(fs, pid, found.variable, bias, this.#libcOf(asked.image));
    if (reach !== undefined) {
      asked.isTold = true;
      tell(pid, reach);
      return;
    }
    const delayMs = TRIES_MS[asked.tries++];
    if (delayMs === undefined || bias === undefined) return;
    asked.seen.delete(mapping.fileRef);
    setTimeout(() => {
      if (this.#asked.get(pid) === asked && !this.#isClosed) this.#look(asked);
    }, delayMs).unref();
  }

  #libcOf({ mappings }: ProcessImage): Libc {
    const isMusl = ({ fileRef }: ProcessMapping): boolean =>
      MUSL.test(this.#options.fileOf(fileRef)?.path ?? '');
    return mappings.some(isMusl) ? 'musl' : 'glibc';
  }

  #foundIn(file: ProfiledFile, pid: number, { start, end }: ProcessMapping): Found | null {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    let found: Found | null = null;
    try {
      found = this.#readFile(file, { pid, start, end });
    } catch {
      // No file of ours: its samples go without.
    }
    this.#files.set(file, found);
    return found;
  }

  #readFile(
    file: ProfiledFile,
    place: { readonly pid: number; readonly start: number; readonly end: number },
  ): Found | null {
    if (file.path.startsWith('[')) return null;
    if (file.kept !== undefined) return describe(new ElfFile(file.kept));
    const pinned = pinMappedFile(this.#options.fs, file.record, [place], file.announcedMs);
    if (typeof pinned === 'string') return null;
    try {
      const { elf, source, kept } = openPinned(pinned, file.path);
      try {
        return describe(elf);
      } finally {
        source.close();
        kept.close();
      }
    } finally {
      unpin(pinned);
    }
  }
}

function describe(elf: ElfFile): Found | null {
  const variable = findThreadContext(elf);
  if (variable === undefined) return null;
  const segments = elf.loads.map(({ fileOffset, vaddr }) => ({ fileOffset, vaddr: Number(vaddr) }));
  return { variable, segments };
}

/** Address in memory of the file's address 0, by the segment that the mapping is of. */
function biasOf(segments: Found['segments'], mapping: ProcessMapping): number | undefined {
  // Mappings begin at pages, segments anywhere in one.
  const segment = segments.findLast(
    ({ fileOffset }) => fileOffset - (fileOffset % MIN_PAGE_BYTES) <= mapping.fileOffset,
  );
  if (segment === undefined) return undefined;
  return mapping.start - mapping.fileOffset + segment.fileOffset - segment.vaddr;
}

const MIN_PAGE_BYTES = 4_096;
