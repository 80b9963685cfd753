// SPDX-License-Identifier: Apache-2.0
// Bytes of requests under way: counted for all senders together, unpacked within bounds.
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { Refusal } from './receiveError.ts';
import { RECEIVE_LIMITS } from './receiveLimits.ts';

const unpackers: Readonly<Record<string, typeof gunzip>> = { gzip: gunzip, deflate: inflate };

/** Room for requests; what is taken is given back with `end`. */
export class RequestRoom {
  #bytes = 0;

  get bytesInFlight(): number {
    return this.#bytes;
  }

  begin(): RoomShare {
    return new RoomShare((bytes) => {
      if (bytes > 0 && this.#bytes + bytes > RECEIVE_LIMITS.bytesInFlight) return false;
      this.#bytes += bytes;
      return true;
    });
  }
}

export class RoomShare {
  readonly #change: (bytes: number) => boolean;
  #taken = 0;

  constructor(change: (bytes: number) => boolean) {
    this.#change = change;
  }

  /** @throws Refusal where other requests take all the room */
  take(bytes: number): void {
    if (!this.#change(bytes)) throw new Refusal('overloaded', 'too many requests under way');
    this.#taken += bytes;
  }

  end(): void {
    this.#change(-this.#taken);
    this.#taken = 0;
  }
}

/** All of a request's body. @throws Refusal where it is too large, too slow or ends early */
export function readBody(stream: Readable, share: RoomShare): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(
      () => finish(new Refusal('tooSlow', 'the request did not end in time')),
      RECEIVE_LIMITS.requestMs,
    );
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      stream.off('data', onData);
      if (error === undefined) resolve(Buffer.concat(chunks, size));
      else {
        // What still comes is thrown away, so that the answer can be sent.
        stream.resume();
        reject(error);
      }
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      try {
        if (size > RECEIVE_LIMITS.requestBytes) throw tooLarge();
        share.take(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        finish(error as Error);
      }
    };
    stream.on('data', onData);
    stream.once('end', () => finish());
    stream.once('aborted', () => finish(new Refusal('malformed', 'the request ended early')));
    stream.once('close', () => finish(new Refusal('malformed', 'the request ended early')));
    stream.once('error', (error) => finish(new Refusal('malformed', error.message)));
  });
}

/** @throws Refusal */
export async function unpackBody(
  bytes: Buffer,
  encoding: string,
  share: RoomShare,
): Promise<Buffer> {
  if (encoding === '' || encoding === 'identity') return bytes;
  const unpacker = unpackers[encoding];
  if (unpacker === undefined) {
    throw new Refusal('unsupported', `compression ${encoding} is not known; gzip is`);
  }
  try {
    const unpack = promisify(unpacker) as (from: Buffer, how: object) => Promise<Buffer>;
    const message = await unpack(bytes, { maxOutputLength: RECEIVE_LIMITS.messageBytes });
    share.take(message.length);
    return message;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new Refusal('malformed', `${encoding}: ${message}`);
  }
}

function tooLarge(): Refusal {
  return new Refusal('tooLarge', `more than ${RECEIVE_LIMITS.messageBytes} bytes`);
}
