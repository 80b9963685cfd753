// SPDX-License-Identifier: Apache-2.0
import { describeFailure } from '../bootstrap/stepError.mjs';

/**
 * The sub-commands of the bootstrap; each is loaded only when it is called.
 * @type {Record<string, { summary: string, load: () => Promise<(args: string[]) => Promise<number>> }>}
 */
const COMMANDS = {
  start: {
    summary: 'build what is needed and show the product on this machine',
    load: async () => (await import('./start.mjs')).start,
  },
  build: {
    summary: 'build every package and native part',
    load: async () => (await import('./build.mjs')).build,
  },
  test: {
    summary: 'lint, tidy, type checks and every suite on two Node versions',
    load: async () => (await import('./test.mjs')).test,
  },
  lint: {
    summary: 'Biome and tidy (`--write` formats)',
    load: async () => (await import('./lint.mjs')).lint,
  },
  bench: {
    summary: 'the benchmarks below bench/ (names select some of them)',
    load: async () => (await import('./bench.mjs')).bench,
  },
  pack: {
    summary: 'build, and leave a .tgz of each package in a folder',
    load: async () => (await import('./pack.mjs')).pack,
  },
  clean: {
    summary: 'remove what builds made (`--all`: also everything fetched)',
    load: async () => (await import('./clean.mjs')).clean,
  },
};

/**
 * @param {string[]} args sub-command and its arguments
 * @returns {Promise<number>} the exit code
 */
export async function dispatch(args) {
  const [name = '', ...rest] = args;
  const command = COMMANDS[name];
  if (command === undefined) {
    if (name !== '') console.error(`unknown sub-command: ${name}`);
    for (const [key, { summary }] of Object.entries(COMMANDS)) {
      console.error(`  ${key.padEnd(6)} ${summary}`);
    }
    return 2;
  }
  try {
    const run = await command.load();
    return await run(rest);
  } catch (error) {
    console.error(describeFailure(error));
    return 1;
  }
}
