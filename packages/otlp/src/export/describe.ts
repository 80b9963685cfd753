// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from '../limits.ts';

/** One line of bounded length, without control characters: it may reach a terminal or a log. */
export function shorten(text: string): string {
  const line = text.slice(0, LIMITS.errorMessageChars * 2).replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ');
  const { errorMessageChars } = LIMITS;
  return line.length > errorMessageChars ? `${line.slice(0, errorMessageChars)}…` : line;
}

/**
 * An error in one line. Node's errors for several addresses hold theirs in `errors`, and a call on a
 * connection that never came about has the reason in `cause`.
 */
export function describe(error: unknown): string {
  const { message, code, cause, errors } = error as NodeJS.ErrnoException & { errors?: unknown[] };
  if (code === 'ERR_HTTP2_STREAM_CANCEL' && cause instanceof Error) return describe(cause);
  if (!message && errors !== undefined) return shorten(errors.map(describe).join('; '));
  return shorten(message || code || String(error));
}
