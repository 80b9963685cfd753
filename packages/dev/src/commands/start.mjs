// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../bootstrap/lock.mjs';
import { BUILD_LOCK, ROOT } from '../bootstrap/paths.mjs';
import { runVisibly } from '../bootstrap/runCommand.mjs';
import { prepareRust } from '../bootstrap/rust.mjs';
import { ensureToolchain } from '../bootstrap/toolchain.mjs';
import { turboBuild } from '../bootstrap/turbo.mjs';
import { freePorts, startGoShop } from './goShop.mjs';

/**
 * What `npm start` shows first: an inventory of this machine's processes. `packages` are the ones to
 * build first; turbo adds what they depend on.
 */
const SHOWN = {
  packages: ['otel-elf'],
  entry: join(ROOT, 'packages', 'otel-elf', 'bin', 'run.js'),
  args: ['scan', '--proc'],
  needsZig: false,
  before: "\nThis machine's processes, and what OpenTelemetry could do with each as it is:\n",
  after: [
    '',
    'Next:',
    '  node packages/otel-elf/bin/run.js explain PID   why, for one process',
    '  node packages/otel-elf/bin/run.js inspect FILE  one binary on one screen',
    '  node packages/otel-profile/bin/run.js           where the time goes, live (as root)',
    '  node packages/otel-go/bin/run.js attach         traces of running Go programs (as root)',
    '  node packages/otel-elf/bin/run.js --help        everything else',
  ].join('\n'),
};

/**
 * And then, where that is allowed: what this machine is doing, on a page. A person looks as long as
 * they like; without a terminal nobody could end it.
 */
const PROFILE = {
  packages: ['otel-profile', 'otel-go'],
  entry: join(ROOT, 'packages', 'otel-profile', 'bin', 'run.js'),
  args: ['live'],
  unwatched: ['--duration', '5s', '--no-open'],
  before:
    '\nWhere this machine spends its time, and under Traces the requests of a small Go shop' +
    ' (examples/otel-go/shop) that otel-go traces; open the page at this address (Ctrl-C ends it):\n',
  rootOnly: '\nWhere this machine spends its time is shown to root: sudo npm start\n',
};

/** Exit codes of the tools (packages/cli-kit): these two mean that an inventory was printed. */
const PARTIAL = 1;
const PERMISSION = 4;
/** And this one that the command is not there. */
const USAGE = 2;

/**
 * `npm start`; arguments after `--` go to the tool instead of the usual ones.
 * @param {string[]} args
 */
export async function start(args) {
  // Sampling is for root, and only for it the helper need be built.
  const isRoot = process.geteuid?.() === 0 && args.length === 0;
  await withLock(BUILD_LOCK, async () => {
    await ensureToolchain('start', { zig: SHOWN.needsZig || isRoot });
    await turboBuild(['build'], isRoot ? [...SHOWN.packages, ...PROFILE.packages] : SHOWN.packages);
    if (!isRoot) return;
    const rustRemark = await prepareRust();
    await turboBuild(['build:native']);
    if (rustRemark !== undefined) console.error(rustRemark);
  });
  if (!existsSync(SHOWN.entry)) {
    console.log('Everything is built, but otel-elf has no program yet in this checkout.');
    return 0;
  }
  const chosen = args.length > 0 ? args : SHOWN.args;
  const options = { cwd: ROOT, env: process.env };
  if (args.length === 0) console.log(SHOWN.before);
  const exitCode = await runVisibly(process.execPath, [SHOWN.entry, ...chosen], options);
  if (args.length > 0) return exitCode;
  if (exitCode === USAGE) {
    console.log(`This checkout's otel-elf cannot \`${SHOWN.args.join(' ')}\` yet; try:`);
    console.log('  node packages/otel-elf/bin/run.js --help');
    return 0;
  }
  console.log(SHOWN.after);
  await showProfile(isRoot, options);
  // Processes end while they are listed, and an ordinary user may not read all of them: the
  // inventory itself has said so, and it is a good end for a demonstration.
  return exitCode === PARTIAL || exitCode === PERMISSION ? 0 : exitCode;
}

/**
 * A demonstration: where this host does not allow it, the tool says why, and that is no failure.
 * @param {boolean} isRoot
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 */
async function showProfile(isRoot, options) {
  if (!isRoot) {
    console.log(PROFILE.rootOnly);
    return;
  }
  console.log(PROFILE.before);
  const [port = 0] = await freePorts();
  const page = `127.0.0.1:${port}`;
  const endShop = await startGoShop(`http://${page}`).catch((error) => {
    console.log(`The Go shop is not shown: ${error.message}`);
    return () => {};
  });
  const watched = process.stdout.isTTY ? [] : PROFILE.unwatched;
  const args = [...PROFILE.args, '--listen', page, ...watched];
  try {
    await runVisibly(process.execPath, [PROFILE.entry, ...args], options);
  } finally {
    endShop();
  }
}
