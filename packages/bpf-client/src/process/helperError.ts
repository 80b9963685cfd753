// SPDX-License-Identifier: Apache-2.0

export interface HelperErrorDetails {
  readonly code: string;
  readonly hint?: string | undefined;
  readonly path?: string | undefined;
}

/** The program could not be started, refused a request, or ended before its time. */
export class HelperError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly path: string | undefined;
  /** What the tools' error reporting takes as the exit code: I/O or permission. */
  readonly exitCode = 4;

  constructor(message: string, details: HelperErrorDetails) {
    super(message);
    this.name = 'HelperError';
    this.code = details.code;
    this.hint = details.hint;
    this.path = details.path;
  }
}
