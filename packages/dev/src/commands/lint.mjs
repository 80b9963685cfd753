// SPDX-License-Identifier: Apache-2.0
import { toolEnvironment } from '../bootstrap/environment.mjs';
import { withLock } from '../bootstrap/lock.mjs';
import { BUILD_LOCK, localTool, ROOT } from '../bootstrap/paths.mjs';
import { runVisibly } from '../bootstrap/runCommand.mjs';
import { ensureToolchain } from '../bootstrap/toolchain.mjs';
import { formatFinding, runTidy } from '../tidy/tidy.mjs';

/**
 * `npm run lint`: Biome, then our own rules. `npm run lint -- --write` mends what Biome can mend.
 * @param {string[]} args
 */
export async function lint(args) {
  await withLock(BUILD_LOCK, () => ensureToolchain('lint', { zig: false }));
  const options = { cwd: ROOT, env: toolEnvironment(process.env) };
  const biomeArgs = ['check', '--error-on-warnings', ...args, '.'];
  const biomeExitCode = await runVisibly(localTool('biome'), biomeArgs, options);
  const findings = runTidy(ROOT).flatMap(({ rule, findings: found }) =>
    found.map((finding) => `${formatFinding(finding)} [${rule.name}]`),
  );
  for (const finding of findings) console.error(finding);
  return biomeExitCode === 0 && findings.length === 0 ? 0 : 1;
}
