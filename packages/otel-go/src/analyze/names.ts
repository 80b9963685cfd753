// SPDX-License-Identifier: Apache-2.0
// GOPATH mode (GO111MODULE=off) links vendored packages by the whole path of their folder:
// `example.com/shop/vendor/google.golang.org/grpc.(*Server).handleStream`. The standard library's
// own `vendor/golang.org/x/…` starts with the word and is another package than the module's.

const VENDOR = '/vendor/';

/** The name without the folder that it was vendored into. */
export function bareName(linkName: string): string {
  const at = linkName.lastIndexOf(VENDOR);
  return at < 0 ? linkName : linkName.slice(at + VENDOR.length);
}

/** Names by their length in bytes: what is not of one of these lengths need not be decoded. */
export class NameSet {
  readonly lengths: ReadonlySet<number>;
  readonly #names: ReadonlySet<string>;

  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
    this.lengths = new Set([...this.#names].map((name) => Buffer.byteLength(name)));
  }

  get size(): number {
    return this.#names.size;
  }

  /** The name that was asked for, of a name as it stands in the program. */
  wanted(linkName: string): string | undefined {
    const name = bareName(linkName);
    return this.#names.has(name) ? name : undefined;
  }
}
