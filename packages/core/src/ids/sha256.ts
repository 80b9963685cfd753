// SPDX-License-Identifier: Apache-2.0
// SHA-256 of short messages. Loading node:crypto takes 8 to 11 ms, more than all the rest that a
// tool does with one file; for a few hashes a WebAssembly module of our own takes one. Where there
// are many, node:crypto is worth its load: it uses the processor's instructions for it.
import { SHA256_MODULE } from './sha256Module.ts';

const BLOCK_BYTES = 64;
/** Behind the message: one bit, and its length in bits (FIPS 180-4, section 5.1.1). */
const PADDING_BYTES = 9;
/** As in sha256.c. */
const MESSAGE_BYTES = 8320;
const DIGEST_WORDS = 8;
/** From so many hashes on, loading node:crypto costs less than going on without. */
const FEW = 128;

type Hash = (bytes: Uint8Array) => string;

interface ModuleExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Address of the digest of so many blocks. */
  hash(blocks: number): number;
  /** Address of the message. */
  message(): number;
}

/** What of WebAssembly is used here; its types come with browsers' only. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

let few: Hash | undefined;
let many: Hash | undefined;
let count = 0;

/** Lower-case hexadecimal SHA-256 of any bytes. */
export function sha256(bytes: Uint8Array): string {
  if (many !== undefined) return many(bytes);
  if (bytes.length <= MESSAGE_BYTES - PADDING_BYTES && count++ < FEW) {
    few ??= loadModule();
    if (few !== undefined) return few(bytes);
  }
  many = loadCrypto();
  return many(bytes);
}

/** Says that hashes will be many: node:crypto is loaded with the first of them. */
export function manyAhead(): void {
  count = FEW;
}

/** Undefined where there is no WebAssembly (`--jitless`) or no address space for its memory. */
function loadModule(): Hash | undefined {
  const { WebAssembly: api } = globalThis as { WebAssembly?: WebAssemblyApi };
  if (api === undefined) return undefined;
  try {
    const module = new api.Module(Buffer.from(SHA256_MODULE, 'base64'));
    return moduleHash(new api.Instance(module).exports as ModuleExports);
  } catch {
    return undefined;
  }
}

function moduleHash({ memory, hash, message }: ModuleExports): Hash {
  const bytesOf = new Uint8Array(memory.buffer);
  const view = new DataView(memory.buffer);
  const messageAt = message();
  return (bytes) => {
    const blocks = Math.ceil((bytes.length + PADDING_BYTES) / BLOCK_BYTES);
    const last = messageAt + bytes.length;
    const end = messageAt + blocks * BLOCK_BYTES;
    bytesOf.set(bytes, messageAt);
    bytesOf.fill(0, last, end);
    bytesOf[last] = 0x80;
    view.setUint32(end - 4, bytes.length * 8);
    const digestAt = hash(blocks);
    let digest = '';
    for (let i = 0; i < DIGEST_WORDS; i++) {
      // WebAssembly's memory is little-endian everywhere.
      digest += view
        .getUint32(digestAt + i * 4, true)
        .toString(16)
        .padStart(8, '0');
    }
    return digest;
  };
}

function loadCrypto(): Hash {
  const crypto = process.getBuiltinModule('node:crypto');
  // The one-shot form exists from Node 20.12 and 21.7 on and costs a third.
  if (typeof crypto.hash === 'function') return (bytes) => crypto.hash('sha256', bytes, 'hex');
  return (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');
}
