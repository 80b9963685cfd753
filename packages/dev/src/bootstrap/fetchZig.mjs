// SPDX-License-Identifier: Apache-2.0
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolEnvironment } from './environment.mjs';
import { fillFolder, isInPlace } from './pinnedFolder.mjs';
import { ZIG } from './pins.mjs';
import { step } from './progress.mjs';
import { runQuietly } from './runCommand.mjs';
import { StepError } from './stepError.mjs';

/**
 * Zig from PyPI's `ziglang`, by pip, which refuses any file but the two named by their checksums.
 * `--target` keeps it out of the user's Python, and works where that is externally managed (PEP 668).
 */
export async function fetchZig() {
  if (ZIG.sha256[process.arch] === undefined || process.platform !== 'linux') {
    throw new StepError(`no pinned Zig for ${process.platform} ${process.arch}`, {
      hint: 'build on Linux on x86_64 or aarch64',
    });
  }
  const hashes = Object.values(ZIG.sha256).map((hash) => `--hash=sha256:${hash}`);
  const requirement = `ziglang==${ZIG.version} ${hashes.join(' ')}`;
  const folder = { name: 'zig', pin: requirement, entry: join('ziglang', 'zig') };
  if (isInPlace(folder)) return;
  const label = `fetching Zig ${ZIG.version} (100 MB)`;
  await step(label, (report) =>
    fillFolder(folder, async (temporary) => {
      const requirements = join(temporary, 'requirements.txt');
      writeFileSync(requirements, `${requirement}\n`);
      const args = ['-m', 'pip', 'install', '--require-hashes', '--no-deps', '--no-compile'];
      args.push('--only-binary=:all:', '--progress-bar=off', '--disable-pip-version-check');
      args.push('--target', temporary, '--requirement', requirements);
      await runQuietly('python3', args, {
        cwd: temporary,
        env: toolEnvironment(process.env),
        what: label,
        hint: 'it comes through your pip configuration (`python3 -m pip config list`): mend that, then run this again',
        onLine: report,
      });
      rmSync(requirements);
    }),
  );
}
