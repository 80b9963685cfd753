// SPDX-License-Identifier: Apache-2.0

/** The end of a stream: a program that dies says why in its last lines. */
export class LastWords {
  readonly #maxBytes: number;
  #kept: Buffer = Buffer.alloc(0);

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(chunk: Buffer): void {
    this.#kept = Buffer.concat([this.#kept, chunk]).subarray(-this.#maxBytes);
  }

  /** At most the last five lines, joined; a Go panic's first line instead, which says more. */
  text(): string {
    const lines = this.#kept.toString('utf8').split('\n');
    const said = lines.map((line) => line.trim()).filter((line) => line !== '');
    const panic = said.find((line) => /^(panic|fatal error):/.test(line));
    return panic ?? said.slice(-5).join('; ');
  }
}
