// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const MAX_OUTPUT_BYTES = 64 << 20;

/** What a command printed. @throws Error with what it said */
export function must(command, args, options) {
  const ran = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    ...options,
  });
  if (ran.status !== 0) throw new Error(`${command} ${args[0]}: ${ran.error ?? ran.stderr}`);
  return ran.stdout;
}

/** What weaving the packages would change, by the weaver and runtime of this checkout. */
export function explained(weaver, packages, { cwd, env, runtime, work }) {
  const own = { OTELKIT_GO_RUNTIME: runtime, OTELKIT_GO_CACHE: join(work, 'cache') };
  const options = { cwd, env: { ...env, ...own, GOWORK: 'off' } };
  return JSON.parse(must(weaver, ['explain', '--json', packages], options)).packages;
}
