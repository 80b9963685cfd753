// SPDX-License-Identifier: Apache-2.0
// The resource that a process publishes of itself for readers outside (OTEP 4719): a mapping named
// OTEL_CTX holds a header that points to a protobuf Resource. The writer sets published_at_ns to 0
// while it updates, so a copy counts only if that field is the same before and after.
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { HOST_ENDIAN } from '../bytes/endian.ts';
import { LIMITS } from '../limits.ts';
import type { MappingTable } from './mappingTable.ts';
import { type ProcFs, toProcError } from './procFs.ts';
import { type AttributeValue, parseResource } from './resourceMessage.ts';

const NAMES = /^(\/memfd:OTEL_CTX|\[anon_shmem:OTEL_CTX\]|\[anon:OTEL_CTX\])/;
/** Part of the name of each mapping that holds one, and its first bytes. */
export const PROCESS_CONTEXT_NAME = 'OTEL_CTX';
const HEADER_BYTES = 32;
const VERSIONS: ReadonlySet<number> = new Set([1, 2]);
const ATTEMPTS = 3;

export interface ProcessContext {
  readonly version: number;
  /** Nanoseconds since the epoch. */
  readonly publishedAtNs: bigint;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
}

/** Address of the mapping, or undefined when the process publishes nothing. */
export function findProcessContext(maps: MappingTable): bigint | undefined {
  const object = maps.objects.find(({ name }) => NAMES.test(name));
  if (object === undefined) return undefined;
  const index = maps.firstOf(object);
  return index < 0 ? undefined : maps.start(index);
}

/**
 * Reads what a process publishes. Undefined when there is nothing, nothing valid, or nothing that
 * holds still. Needs the right to read the process's memory; nothing is stopped.
 * @param threadId a living thread, see ProcessSnapshot.imageThreadId
 * @throws ProcError
 */
export function readProcessContext(
  fs: ProcFs,
  threadId: number,
  maps: MappingTable,
): ProcessContext | undefined {
  const address = findProcessContext(maps);
  if (address === undefined) return undefined;
  const path = fs.path(threadId, 'mem');
  let fd = -1;
  try {
    fd = openSync(path, constants.O_RDONLY);
    for (let i = 0; i < ATTEMPTS; i++) {
      const context = readOnce(fd, address);
      if (context !== 'changed') return context;
    }
    return undefined;
  } catch (error) {
    throw toProcError(error, path);
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}

function readOnce(fd: number, address: bigint): ProcessContext | undefined | 'changed' {
  const header = readHeader(fd, address);
  if (header === undefined) return undefined;
  if (header.publishedAtNs === 0n) return 'changed';
  const payload = readMemory(fd, header.payload, header.payloadBytes);
  const again = readHeader(fd, address);
  if (again?.publishedAtNs !== header.publishedAtNs) return 'changed';
  if (payload === undefined) return undefined;
  const attributes = parseResource(payload);
  if (attributes === undefined) return undefined;
  return { version: header.version, publishedAtNs: header.publishedAtNs, attributes };
}

interface Header {
  readonly version: number;
  readonly payloadBytes: number;
  readonly publishedAtNs: bigint;
  readonly payload: bigint;
}

function readHeader(fd: number, address: bigint): Header | undefined {
  const bytes = readMemory(fd, address, HEADER_BYTES);
  if (bytes?.toString('latin1', 0, 8) !== PROCESS_CONTEXT_NAME) return undefined;
  const endian = HOST_ENDIAN;
  const version = endian.u32(bytes, 8);
  const payloadBytes = endian.u32(bytes, 12);
  if (!VERSIONS.has(version) || payloadBytes > LIMITS.processContextBytes) return undefined;
  return {
    version,
    payloadBytes,
    publishedAtNs: endian.u64(bytes, 16),
    payload: endian.u64(bytes, 24),
  };
}

/** Bytes of the process's memory; undefined where it has none, or not as many. */
function readMemory(fd: number, address: bigint, lengthBytes: number): Buffer | undefined {
  const buffer = Buffer.alloc(lengthBytes);
  // A position above 2^63 would be negative to the kernel; programs have no memory there.
  if (address <= 0n || address >= 1n << 62n) return undefined;
  try {
    const n = readSync(fd, buffer, 0, lengthBytes, address);
    return n === lengthBytes ? buffer : undefined;
  } catch (error) {
    const errno = (error as NodeJS.ErrnoException).code;
    if (errno === 'EIO' || errno === 'EFAULT') return undefined;
    throw error;
  }
}
