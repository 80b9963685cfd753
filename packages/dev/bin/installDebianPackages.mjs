#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Installs what the suites use beside the prerequisites (debianPackages.mjs). For a CI machine, as
// root; a failure is said and is no end: the checks that need the missing program are skipped.
import { spawnSync } from 'node:child_process';
import { DEBIAN_PACKAGE_OF } from '../src/bootstrap/debianPackages.mjs';
import { findProgram } from '../src/bootstrap/findProgram.mjs';

const missing = Object.entries(DEBIAN_PACKAGE_OF).filter(
  ([name]) => findProgram(name) === undefined,
);
const packages = [...new Set(missing.map(([, debianPackage]) => debianPackage))];
if (packages.length > 0) {
  console.error(`installing ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  aptGet(['update', '-qq'], env);
  const install = ['install', '-qq', '--yes', '--no-install-recommends'];
  // One by one when together fails: a package that this release does not have must not cost the rest.
  if (!aptGet([...install, ...packages], env)) {
    for (const name of packages) aptGet([...install, name], env);
  }
}

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function aptGet(args, env) {
  const result = spawnSync('apt-get', args, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.status === 0) return true;
  const said = (result.stderr || result.error?.message || '')
    .trim()
    .split('\n')
    .slice(-3)
    .join('\n');
  console.error(`apt-get ${args.join(' ')} failed:\n${said}`);
  return false;
}
