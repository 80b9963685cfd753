// SPDX-License-Identifier: Apache-2.0
// How a command speaks: results to stdout, everything else to stderr.

import type { ExitCode } from '../errors/exitCodes.ts';
import type { ToolErrorDetails } from '../errors/ToolError.ts';
import type { Style } from './style.ts';

export type OutputMode = 'text' | 'json' | 'ndjson';

/** What a renderer may know. */
export interface TextContext {
  readonly style: Style;
  /** Columns to fit into: the terminal's, or Infinity when stdout is not a terminal. */
  readonly width: number;
  readonly isTty: boolean;
}

/** One result, in the form that the mode asks for; the other one is never computed. */
export interface Emission {
  /** A plain object without BigInt (u64 as hex strings). */
  readonly json: () => object;
  /** Whole lines. Untrusted strings in it have gone through `printable`. */
  readonly text: (context: TextContext) => string;
  /** Another array of the document than the command's `documentKey`; one after the other. */
  readonly key?: string;
}

export interface Output {
  readonly mode: OutputMode;
  readonly text: TextContext;

  /**
   * Gives one result out: a block of text, an element of the document, or a line.
   * Await it: it returns a promise only when the reader is slower than we are.
   */
  emit(emission: Emission): undefined | Promise<void>;

  /** A member of the `--json` document beside the arrays, e.g. `summary`. Ignored in text. */
  member(key: string, value: unknown): void;

  /** Text for text mode only: headings, totals. Nothing under `--json` and `--ndjson`. */
  say(text: (context: TextContext) => string): undefined | Promise<void>;

  /**
   * Reports a failure and goes on: a line on stderr, an entry in `errors`, and its exit code.
   * @param defaults what the caller knows and the error may not, usually `{ path }`
   */
  problem(error: unknown, defaults?: Partial<ToolErrorDetails>): void;

  /** A line on stderr that changes neither the document nor the exit code. */
  note(message: string): void;

  /** Makes the exit code at least this bad. */
  fail(code: ExitCode): void;

  /** The worst code so far: what `run` returns. */
  exitCode(): ExitCode;
}
