// SPDX-License-Identifier: Apache-2.0
// The kernel's functions on disk, for as long as it runs with the same modules: the kernel takes 40 ms
// to write kallsyms, and we take twice that to read it. Root's alone, as the addresses in it are. BPF
// programs come and go unseen: where they were is a gap, and kallsyms is asked.
import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { whoElseWrites } from '../files/frameStore.ts';
import { SYMBOL_LIMITS } from '../limits.ts';
import type { KernelFunctions } from './parseKallsyms.ts';

const VERSION = 1;
const GAP = 0xffffffff;
const START_BYTES = 8;
const NAME_BYTES = 4;
const OWNER_BYTES = 2;
const HEX = 16;

/** The second line; the first is the checksum of everything behind it. */
interface Head {
  readonly key: string;
  readonly count: number;
  readonly modules: readonly string[];
}

/** See the file's head. */
export class KallsymsStore {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Makes the folder where it is missing; a sentence where it cannot be used. */
  static open(folder: string): KallsymsStore | string {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return whoElseWrites(folder) ?? new KallsymsStore(join(folder, `kallsyms.v${VERSION}`));
    } catch (error) {
      return `cannot use ${folder}: ${(error as Error).message}`;
    }
  }

  /** @param key this run of the kernel, and what is loaded */
  load(key: string): KernelFunctions | undefined {
    try {
      const { size, mode } = lstatSync(this.#path);
      if (size > SYMBOL_LIMITS.storedFileBytes || (mode & 0o077) !== 0) return undefined;
      return decode(readFileSync(this.#path), key);
    } catch {
      return undefined;
    }
  }

  /** @param loaded names of modules: what belongs to none of them may be gone any moment */
  save(key: string, functions: KernelFunctions, loaded: ReadonlySet<string>): void {
    const temporary = `${this.#path}.${randomBytes(8).toString('hex')}.tmp`;
    try {
      writeFileSync(temporary, encode(key, functions, loaded), { mode: 0o600, flag: 'wx' });
      renameSync(temporary, this.#path);
    } catch {
      rmSync(temporary, { force: true });
    }
  }
}

function encode(key: string, functions: KernelFunctions, loaded: ReadonlySet<string>): Buffer {
  const { starts, owners, modules, nameBytes } = functions;
  const names = functions.names.slice();
  for (let i = 0; i < names.length; i++) {
    const owner = modules[owners[i]!]!;
    if (owner !== '' && !loaded.has(owner)) names[i] = GAP;
  }
  const head: Head = { key, count: starts.length, modules };
  const parts = [`${JSON.stringify(head)}\n`, starts, names, owners, nameBytes].map(bytesOf);
  const body = Buffer.concat(parts);
  return Buffer.concat([bytesOf(`${crc32(body).toString(HEX)}\n`), body]);
}

/** Undefined for anything but what {@link encode} wrote under this key. */
function decode(bytes: Buffer, key: string): KernelFunctions | undefined {
  const headAt = bytes.indexOf('\n') + 1;
  const crc = bytes.toString('latin1', 0, Math.max(0, headAt - 1));
  if (crc !== crc32(bytes.subarray(headAt)).toString(HEX)) return undefined;
  const bodyAt = bytes.indexOf('\n', headAt) + 1;
  const head = JSON.parse(bytes.toString('utf8', headAt, bodyAt)) as Head;
  if (head.key !== key) return undefined;
  const body = bytes.subarray(bodyAt);
  const { count, modules } = head;
  // Copied, so that each column is aligned.
  const columns = new Uint8Array(body).buffer;
  const namesAt = START_BYTES * count;
  const ownersAt = namesAt + NAME_BYTES * count;
  return {
    starts: new Float64Array(columns, 0, count),
    names: new Uint32Array(columns, namesAt, count),
    owners: new Uint16Array(columns, ownersAt, count),
    nameBytes: Buffer.from(columns, ownersAt + OWNER_BYTES * count),
    modules,
    isHidden: false,
    malformedLines: 0,
    isTruncated: false,
  };
}

function bytesOf(part: string | ArrayBufferView): Uint8Array {
  if (typeof part === 'string') return Buffer.from(part);
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}
