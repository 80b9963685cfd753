// SPDX-License-Identifier: Apache-2.0
// Why a request is not taken, as both protocols say it (OTLP specification, "Failures").

export type RefusalKind =
  /** Damaged, or nothing we know: the same again would fail again. */
  | 'malformed'
  | 'tooLarge'
  | 'unauthenticated'
  | 'unsupported'
  | 'unknownMethod'
  /** Of HTTP, for a path that is there. */
  | 'wrongVerb'
  /** No room now: worth trying again. */
  | 'overloaded'
  | 'tooSlow'
  | 'defect';

const GRPC: Readonly<Record<RefusalKind, number>> = {
  malformed: 3,
  tooLarge: 8,
  unauthenticated: 16,
  unsupported: 12,
  unknownMethod: 12,
  wrongVerb: 12,
  overloaded: 14,
  tooSlow: 4,
  defect: 13,
};

const HTTP: Readonly<Record<RefusalKind, number>> = {
  malformed: 400,
  tooLarge: 413,
  unauthenticated: 401,
  unsupported: 415,
  unknownMethod: 404,
  wrongVerb: 405,
  overloaded: 503,
  tooSlow: 408,
  defect: 500,
};

/** A request that is not taken. */
export class Refusal extends Error {
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, message: string) {
    super(message);
    this.name = 'Refusal';
    this.kind = kind;
  }

  /** https://github.com/grpc/grpc/blob/master/doc/statuscodes.md */
  get grpcStatus(): number {
    return GRPC[this.kind];
  }

  get httpStatus(): number {
    return HTTP[this.kind];
  }
}
