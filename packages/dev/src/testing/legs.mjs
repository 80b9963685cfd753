// SPDX-License-Identifier: Apache-2.0
import { secondNode } from '../bootstrap/secondNode.mjs';

/**
 * One run of the suites on one Node.
 * @typedef {{ name: string, node: string, coverage: boolean, part: 'first' | 'second' | 'whole' }} Leg
 *   `part`: which of what one leg is enough for is this one's, see onceFiles.mjs
 */

/**
 * @returns {{ legs: Leg[], skipped: { title: string, reason: string }[] }} the running Node first,
 * with coverage: instrumenting both would double the time and measure the same lines
 */
export function testLegs() {
  const running = `node${process.versions.node.split('.')[0]}`;
  const only = { name: running, node: process.execPath, coverage: true };
  const { major, executable, reason } = secondNode();
  if (executable === undefined) {
    return {
      legs: [{ ...only, part: 'whole' }],
      skipped: [{ title: `all suites on Node ${major}`, reason }],
    };
  }
  return {
    legs: [
      { ...only, part: 'first' },
      { name: `node${major}`, node: executable, coverage: false, part: 'second' },
    ],
    skipped: [],
  };
}
