// SPDX-License-Identifier: Apache-2.0
// A TCP gate in front of a receiver: its port stays ours while the receiver is "away".
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class Gate {
  /** Connections are dropped at once. */
  isShut = false;
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(answer: (socket: Socket) => void) {
    this.#server = createServer((socket) => {
      this.connections++;
      this.#keep(socket);
      if (this.isShut) socket.destroy();
      else answer(socket);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Leads to another port. */
  static to(port: number): Promise<Gate> {
    const gate: Gate = new Gate((socket) => {
      const onward = connect(port, '127.0.0.1');
      gate.#keep(onward);
      socket.pipe(onward).pipe(socket);
      socket.once('close', () => onward.destroy());
      onward.once('close', () => socket.destroy());
    });
    return gate.#listen();
  }

  /** Answers as the function does. */
  static answering(answer: (socket: Socket) => void): Promise<Gate> {
    return new Gate(answer).#listen();
  }

  /** Ends what is open; with `isShut` nothing new gets through either. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #listen(): Promise<Gate> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
