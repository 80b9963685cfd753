// SPDX-License-Identifier: Apache-2.0
import { ProtoError, type ProtoReader } from '../wire/protoReader.ts';

/** Fields and numbers that the tables of one request may have, together. */
export class FieldBudget {
  #left: number;

  constructor(fields: number) {
    this.#left = fields;
  }

  /** @throws ProtoError where they are spent */
  spend(count: number, reader: ProtoReader): void {
    this.#left -= count;
    if (this.#left < 0) {
      throw new ProtoError('more fields than a request may have', reader.position);
    }
  }
}
