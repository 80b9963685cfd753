#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The one entry point behind `npm start | test | run build | run lint | run bench`. It runs before
// anything is installed, and on any Node: the version is checked first, in syntax that old ones
// parse, and everything else is imported only afterwards.

const minimumMajor = 20;
const minimumMinor = 19;
const version = /^(\d+)\.(\d+)/.exec(process.versions.node) || [];
const major = Number(version[1]);
const tooOld =
  major < minimumMajor || (major === minimumMajor && Number(version[2]) < minimumMinor);

if (tooOld) {
  const command = process.argv[2] || 'start';
  const script = command === 'start' || command === 'test' ? command : `run ${command}`;
  console.error(
    `otelkit needs Node ${minimumMajor}.${minimumMinor} or newer; this is Node ${process.versions.node} ` +
      `(${process.execPath}).\nRun it with a newer one, without installing anything:\n` +
      `  npx --yes --package=node@24 --call "npm ${script}"`,
  );
  process.exitCode = 1;
} else {
  import('../src/commands/dispatch.mjs')
    .then(({ dispatch }) => dispatch(process.argv.slice(2)))
    .then((exitCode) => {
      process.exitCode = exitCode;
    });
}
