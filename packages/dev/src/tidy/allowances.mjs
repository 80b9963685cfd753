// SPDX-License-Identifier: Apache-2.0
// Files that a rule does not hold for, each with its reason. A line of a file can be excused in
// place by a comment `tidy-allow(<rule>): <reason>` on it or on the line before.

/**
 * Files longer than the limit.
 * @type {Record<string, { lines: number, reason: string }>}
 */
export const LONG_FILES = {};

/**
 * Files that need a default export, with who asks for it.
 * @type {Record<string, string>}
 */
export const DEFAULT_EXPORTS = {};
