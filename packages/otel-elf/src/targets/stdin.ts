// SPDX-License-Identifier: Apache-2.0
import { fstatSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ByteSource,
  FileSource,
  hasElfMagic,
  InputError,
  LIMITS,
  MemorySource,
} from '@otelkit/core';

/** Piped input up to this stays in memory; more goes to a file that is already unlinked. */
const IN_MEMORY_BYTES = 16 * 1024 * 1024;
const MAGIC_BYTES = 4;

/**
 * Standard input as a source with random access: a redirected file is read in place.
 * @throws InputError `io` when more than LIMITS.streamBytes arrive.
 */
export async function openStdin(): Promise<ByteSource> {
  const stats = fstatSync(0);
  if (stats.isFile()) return new FileSource('-', 0, stats);
  if (stats.isDirectory()) {
    // Node would make of it a stream that ends at once.
    throw new InputError('not-regular', '-', 'is a directory, not a regular file');
  }
  const chunks: Buffer[] = [];
  let heldBytes = 0;
  let totalBytes = 0;
  let spool: number | undefined;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    totalBytes += chunk.length;
    if (totalBytes > LIMITS.streamBytes) {
      throw new InputError('io', '-', `standard input exceeds ${LIMITS.streamBytes} bytes`);
    }
    chunks.push(chunk);
    heldBytes += chunk.length;
    // What is no ELF file need not be read to its end: it may have none (`yes`, /dev/zero).
    if (heldBytes === totalBytes && isOther(chunks)) break;
    if (heldBytes <= IN_MEMORY_BYTES) continue;
    spool ??= await openSpool();
    for (const held of chunks.splice(0)) writeSync(spool, held);
    heldBytes = 0;
  }
  if (spool === undefined) return new MemorySource('-', Buffer.concat(chunks));
  for (const held of chunks) writeSync(spool, held);
  return new FileSource('-', spool, fstatSync(spool));
}

/** True when the first bytes are there and are not those of an ELF file. */
function isOther(chunks: readonly Buffer[]): boolean {
  const head = chunks[0]!.length >= MAGIC_BYTES ? chunks[0]! : Buffer.concat(chunks);
  return head.length >= MAGIC_BYTES && !hasElfMagic(head);
}

/** A private file that has no name any more, so that nothing is left behind whatever happens. */
async function openSpool(): Promise<number> {
  // Half a millisecond of every start, needed by next to none.
  const { tmpdir } = await import('node:os');
  const directory = mkdtempSync(join(tmpdir(), 'otel-elf-'));
  try {
    return openSync(join(directory, 'stdin'), 'wx+', 0o600);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
