// SPDX-License-Identifier: Apache-2.0
// Looks at many files. A thousand of them are over before V8 has warmed up the functions that read
// one; so a WebAssembly module reads what is ordinary (native/elfscan), and hands on all the rest:
// whoever asks for it here opens the file himself. The module never answers otherwise than the
// readers beside this folder would; a test holds both against each other.
import { closeSync, fstatSync, readSync, type Stats } from 'node:fs';
import { type FileIdentity, identityOf, openDescriptor } from '../bytes/fileSource.ts';
import type { LoaderFacts } from '../deps/sharedObject.ts';
import { manyAhead, sha256 } from '../ids/sha256.ts';
import type { FileReport } from '../inspect/report.ts';
import { LIMITS } from '../limits.ts';
import { ELFSCAN_MODULE } from './elfscanModule.ts';
import { loaderFactsOf } from './facts.ts';
import { OUTCOME, PARTS } from './layout.ts';
import { RecordView } from './recordView.ts';
import { reportOf } from './report.ts';

/** Read of a large file at once: its headers and most of what the loader needs. */
const HEAD_BYTES = 16_384;
const EDGE_BYTES = 4_096;
const SIZE_BYTES = 8;
const FILE_ID_DIGITS = 32;

export interface BulkOptions {
  /** False: reports come without `fileId` (null), which takes a third of the time. */
  readonly fileIds?: boolean;
}

/** All of an ordinary file. */
export interface BulkFile {
  readonly report: FileReport;
  /** For `Resolver.adoptFacts`. */
  readonly facts: LoaderFacts;
  readonly identity: FileIdentity;
}

interface ModuleExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  head(): number;
  record(): number;
  edges(): number;
  scan(sizeBytes: number, headBytes: number, parts: number): number;
}

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

/** One file after the other, through one module of some 1.3 MiB of memory. */
export class BulkScanner {
  readonly #module: ModuleExports;
  readonly #memory: Buffer;
  readonly #headAt: number;
  readonly #record: RecordView;
  readonly #wantsIds: boolean;
  #edges: Buffer = Buffer.alloc(0);
  #fd = -1;

  /**
   * Undefined where there is no WebAssembly (`--jitless`) or no address space for its memory, and on
   * big-endian hosts, which see its memory otherwise than it does itself.
   */
  static load(options: BulkOptions = {}): BulkScanner | undefined {
    const { WebAssembly: api } = globalThis as { WebAssembly?: WebAssemblyApi };
    const isLittle = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
    if (api === undefined || !isLittle) return undefined;
    try {
      return new BulkScanner(api, options);
    } catch {
      return undefined;
    }
  }

  private constructor(api: WebAssemblyApi, { fileIds = true }: BulkOptions) {
    this.#wantsIds = fileIds;
    const code = new api.Module(Buffer.from(ELFSCAN_MODULE, 'base64'));
    const read = (to: number, lengthBytes: number, fileOffset: number): number =>
      readSync(this.#fd, this.#memory, to, lengthBytes, fileOffset);
    const instance = new api.Instance(code, { host: { read } });
    this.#module = instance.exports as ModuleExports;
    this.#memory = Buffer.from(this.#module.memory.buffer);
    this.#headAt = this.#module.head();
    this.#record = new RecordView(this.#memory, this.#module.record());
    if (fileIds) manyAhead();
  }

  /**
   * What `inspectElf` says of the file. Undefined when the file is not ordinary, cannot be read or
   * changes: open it to learn why.
   */
  inspect(path: string): BulkFile | 'not-elf' | undefined {
    let file: BulkFile | 'not-elf' | undefined;
    this.#withFile(path, (fd) => {
      const stats = fstatSync(fd);
      file = stats.isFile() ? this.#inspectOpen(path, stats) : undefined;
    });
    return file;
  }

  /** What a loader needs to know of a file of this size; undefined as with {@link inspect}. */
  loaderFacts(path: string, sizeBytes: number): LoaderFacts | undefined {
    let facts: LoaderFacts | undefined;
    this.#withFile(path, () => {
      const isDone = this.#scan(sizeBytes, PARTS.loader) === OUTCOME.done;
      facts = isDone ? loaderFactsOf(this.#record) : undefined;
    });
    return facts;
  }

  #inspectOpen(path: string, stats: Stats): BulkFile | 'not-elf' | undefined {
    const outcome = this.#scan(stats.size, PARTS.all);
    if (outcome !== OUTCOME.done) return outcome === OUTCOME.notElf ? 'not-elf' : undefined;
    const fileId = this.#fileId(stats.size);
    if (fileId === undefined) return undefined;
    const facts = loaderFactsOf(this.#record);
    const report = reportOf(this.#record, path, stats.size, fileId, facts);
    if (report === undefined) return undefined;
    const after = fstatSync(this.#fd);
    if (after.size !== stats.size || after.mtimeMs !== stats.mtimeMs) return undefined;
    return { report, facts, identity: identityOf(stats) };
  }

  #scan(sizeBytes: number, parts: number): number {
    const wanted = sizeBytes <= LIMITS.wholeFileBytes ? sizeBytes : HEAD_BYTES;
    if (wanted === 0) return OUTCOME.notElf;
    const got = readSync(this.#fd, this.#memory, this.#headAt, wanted, 0);
    if (got < wanted) return OUTCOME.notMine;
    return this.#module.scan(sizeBytes, got, parts);
  }

  /** Null where it is not asked for, undefined where the end of the file cannot be read. */
  #fileId(sizeBytes: number): string | null | undefined {
    const at = this.#module.edges();
    if (at === 0) return undefined;
    if (!this.#wantsIds) return null;
    const lengthBytes = 2 * Math.min(sizeBytes, EDGE_BYTES) + SIZE_BYTES;
    // Most files have as many; a view for each of them costs more than looking.
    if (this.#edges.length !== lengthBytes) {
      this.#edges = this.#memory.subarray(at, at + lengthBytes);
    }
    return sha256(this.#edges).slice(0, FILE_ID_DIGITS);
  }

  /** Errors of the file system are told by whoever opens the file next. */
  #withFile(path: string, look: (fd: number) => void): void {
    try {
      this.#fd = openDescriptor(path);
      try {
        look(this.#fd);
      } finally {
        closeSync(this.#fd);
      }
    } catch (error) {
      if (typeof (error as NodeJS.ErrnoException | null)?.code !== 'string') throw error;
    } finally {
      this.#fd = -1;
    }
  }
}
