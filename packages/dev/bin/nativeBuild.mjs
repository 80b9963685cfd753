#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Builds every native part: native/<name>/build.mjs where there is one, otherwise its build.zig.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { toolEnvironment } from '../src/bootstrap/environment.mjs';
import { ROOT, ZIG_ENTRY } from '../src/bootstrap/paths.mjs';
import { runVisibly } from '../src/bootstrap/runCommand.mjs';

const parent = join(ROOT, 'native');
const env = toolEnvironment(process.env);
for (const name of existsSync(parent) ? readdirSync(parent).sort() : []) {
  const cwd = join(parent, name);
  let exitCode = 0;
  if (existsSync(join(cwd, 'build.mjs'))) {
    exitCode = await runVisibly(process.execPath, ['build.mjs'], { cwd, env });
  } else if (existsSync(join(cwd, 'build.zig'))) {
    exitCode = await runVisibly(ZIG_ENTRY, ['build'], { cwd, env });
  }
  if (exitCode === 0) continue;
  console.error(`error: native/${name}: the build ended with exit code ${exitCode}`);
  process.exitCode = 1;
}
