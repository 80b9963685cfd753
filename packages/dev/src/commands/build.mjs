// SPDX-License-Identifier: Apache-2.0
import { withLock } from '../bootstrap/lock.mjs';
import { BUILD_LOCK } from '../bootstrap/paths.mjs';
import { prepareRust } from '../bootstrap/rust.mjs';
import { ensureToolchain } from '../bootstrap/toolchain.mjs';
import { turboBuild } from '../bootstrap/turbo.mjs';

/**
 * `npm run build`: afterwards every tool runs as `node packages/<name>/bin/run.js`.
 * @param {string[]} _args
 */
export async function build(_args) {
  await withLock(BUILD_LOCK, async () => {
    await ensureToolchain('build', { zig: true });
    const rustRemark = await prepareRust();
    await turboBuild(['build', 'build:native']);
    if (rustRemark !== undefined) console.error(rustRemark);
  });
  return 0;
}
