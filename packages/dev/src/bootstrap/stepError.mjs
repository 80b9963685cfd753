// SPDX-License-Identifier: Apache-2.0

/**
 * A step that failed for a reason a person can act on: printed without a stack.
 * `detail` is what the failing program said, `hint` the next step.
 */
export class StepError extends Error {
  /**
   * @param {string} message
   * @param {{ detail?: string, hint?: string }} [more]
   */
  constructor(message, more = {}) {
    super(message);
    this.name = 'StepError';
    this.detail = more.detail ?? '';
    this.hint = more.hint ?? '';
  }
}

/**
 * @param {unknown} error
 * @returns {string} what to print for it
 */
export function describeFailure(error) {
  if (!(error instanceof StepError)) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const parts = [`error: ${error.message}`];
  if (error.detail !== '') parts.push(error.detail.replace(/^/gm, '  | '));
  if (error.hint !== '') parts.push(`next: ${error.hint}`);
  return parts.join('\n');
}
