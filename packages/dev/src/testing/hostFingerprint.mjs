// SPDX-License-Identifier: Apache-2.0
// A suite's result depends on the machine too: on which tools are there (a missing one means a
// skipped check), on the kernel and on who runs it. turbo is given this hash as part of its key, so
// that after an `apt-get install` or as another user nothing stale comes from its cache.
import { createHash } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { DEBIAN_PACKAGE_OF } from '../bootstrap/debianPackages.mjs';
import { findProgram } from '../bootstrap/findProgram.mjs';

const ALWAYS = ['cc', 'gcc', 'go', 'python3', 'node', 'npm', 'cargo', 'docker', 'systemctl'];
const VARIABLES = [
  'CC',
  'CFLAGS',
  'LDFLAGS',
  'GOFLAGS',
  'GOTOOLCHAIN',
  'LD_PRELOAD',
  'LANG',
  'TERM',
];

/**
 * @param {{ name: string, node: string }[]} legs
 * @returns {string} a hash
 */
export function hostFingerprint(legs) {
  const facts = [process.arch, release(), String(process.getuid?.()), process.version];
  for (const { name, node } of legs) facts.push(`${name} ${identity(node)}`);
  for (const program of [...ALWAYS, ...Object.keys(DEBIAN_PACKAGE_OF)]) {
    const path = findProgram(program);
    facts.push(`${program} ${path === undefined ? 'missing' : identity(path)}`);
  }
  for (const name of VARIABLES) facts.push(`${name}=${process.env[name] ?? ''}`);
  return createHash('sha256').update(facts.join('\n')).digest('hex');
}

/** @param {string} path */
function identity(path) {
  const real = realpathSync(path);
  const { size, mtimeMs } = statSync(real);
  return `${real} ${size} ${mtimeMs}`;
}
