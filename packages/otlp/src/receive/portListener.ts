// SPDX-License-Identifier: Apache-2.0
// One port for HTTP/2 without TLS (RFC 9113, 3.3: prior knowledge) and HTTP/1.1: the first bytes of a
// connection tell which one it is.
import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { createServer as createHttp2, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { RECEIVE_LIMITS } from './receiveLimits.ts';

/** The start of HTTP/2's connection preface; no method of HTTP/1.1 begins so. */
const PREFACE = Buffer.from('PRI ');

/** A listening port with a server for each protocol behind it. */
export class PortListener {
  readonly http1: HttpServer;
  readonly http2: Http2Server;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor() {
    this.http1 = createHttp({
      requestTimeout: RECEIVE_LIMITS.requestMs,
      keepAliveTimeout: RECEIVE_LIMITS.idleMs,
      maxHeaderSize: 65_536,
    });
    this.http2 = createHttp2({
      settings: {
        maxConcurrentStreams: RECEIVE_LIMITS.streamsPerConnection,
        // The default window of 64 KiB makes a round trip of each piece of a large request.
        initialWindowSize: 1_048_576,
      },
    });
    this.http2.on('session', (session) => {
      this.#sessions.add(session);
      session.setLocalWindowSize(4_194_304);
      session.on('error', () => session.destroy());
      session.setTimeout(RECEIVE_LIMITS.idleMs, () => session.close());
      session.once('close', () => this.#sessions.delete(session));
    });
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#server.maxConnections = RECEIVE_LIMITS.connections;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  /** Errors are those of `net.Server.listen`: EADDRINUSE, EACCES, … */
  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        this.#server.on('error', () => {});
        resolve();
      });
    });
  }

  /** Ends every connection; requests under way are not waited for. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
    this.http1.closeAllConnections();
    await closed;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(RECEIVE_LIMITS.firstBytesMs, () => socket.destroy());
    let start = Buffer.alloc(0);
    const look = (): void => {
      const bytes = socket.read() as Buffer | null;
      if (bytes !== null) start = Buffer.concat([start, bytes]);
      const isShort = start.length < PREFACE.length;
      if (isShort && PREFACE.subarray(0, start.length).equals(start)) {
        // Too few to tell. They must not be given back yet: that alone makes a socket readable.
        socket.once('readable', look);
        return;
      }
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.unshift(start);
      const isHttp2 = start.subarray(0, PREFACE.length).equals(PREFACE);
      (isHttp2 ? this.http2 : this.http1).emit('connection', socket);
    };
    socket.once('readable', look);
  }
}
