// SPDX-License-Identifier: Apache-2.0
import { dirname, join } from 'node:path';
import { LOCAL_BIN, TOOLCHAIN } from './paths.mjs';

/** Set by npm for the script it runs; a nested npm or pnpm must not take them for its own. */
const LIFECYCLE =
  /^(npm_package_|npm_lifecycle_|npm_command$|npm_execpath$|npm_node_execpath$|npm_config_(local_prefix|prefix|global_prefix|user_agent|init_module|nodedir|node_gyp|npm_version)$|INIT_CWD$)/;

/**
 * The environment for the tools: the caller's own (registries, proxies and certificates stay as the
 * user's clients have them), without npm's lifecycle variables, with the pinned tools first in PATH.
 * @param {NodeJS.ProcessEnv} base
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment(base) {
  /** @type {NodeJS.ProcessEnv} */
  const environment = {};
  for (const [name, value] of Object.entries(base)) {
    if (!LIFECYCLE.test(name)) environment[name] = value;
  }
  const pnpmBin = join(TOOLCHAIN, 'pnpm', 'node_modules', '.bin');
  const path = [pnpmBin, LOCAL_BIN, dirname(process.execPath), base['PATH'] ?? '/usr/bin:/bin'];
  environment['PATH'] = path.join(':');
  environment['TURBO_TELEMETRY_DISABLED'] = '1';
  environment['TURBO_NO_UPDATE_NOTIFIER'] = '1';
  environment['DO_NOT_TRACK'] = '1';
  return environment;
}
