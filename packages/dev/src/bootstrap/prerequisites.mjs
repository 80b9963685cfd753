// SPDX-License-Identifier: Apache-2.0
// What has to be on the machine already. Probed by running it, never by the distribution's name.
import { spawnSync } from 'node:child_process';
import { toolEnvironment } from './environment.mjs';
import { StepError } from './stepError.mjs';

/** The oldest Go that fetches by itself the newer one that a go.mod asks for (go.dev/doc/toolchain). */
const OLDEST_GO_MINOR = 21;

/**
 * @typedef {object} Prerequisite
 * @property {string} name
 * @property {string} purpose what it is for
 * @property {string[]} neededBy sub-commands that cannot do without
 * @property {(env: NodeJS.ProcessEnv) => string | undefined} missing what is wrong, if anything
 * @property {Record<string, string>} packages per package manager
 */

/** @type {Prerequisite[]} */
const PREREQUISITES = [
  {
    name: 'npm',
    purpose: 'fetches pnpm',
    neededBy: ['start', 'build', 'test', 'lint', 'bench'],
    missing: (env) => (runs('npm', ['--version'], env) ? undefined : 'npm is not in PATH'),
    packages: { 'apt-get': 'npm', dnf: 'npm', apk: 'npm', pacman: 'npm', zypper: 'npm' },
  },
  {
    name: 'Python 3 with pip',
    purpose: 'fetches Zig, the compiler of the injector and of the BPF programs',
    neededBy: ['start', 'build', 'test', 'bench'],
    missing: missingPython,
    packages: {
      'apt-get': 'python3 python3-pip',
      dnf: 'python3 python3-pip',
      apk: 'python3 py3-pip',
      pacman: 'python python-pip',
      zypper: 'python3 python3-pip',
    },
  },
  {
    name: 'Go 1.21 or newer',
    purpose: 'compiles test programs and the helpers written in Go',
    neededBy: ['start', 'build', 'test', 'bench'],
    missing: missingGo,
    packages: { 'apt-get': 'golang-go', dnf: 'golang', apk: 'go', pacman: 'go', zypper: 'go' },
  },
  {
    name: 'a C compiler',
    purpose: 'compiles test programs',
    neededBy: ['test', 'bench'],
    missing: (env) => (runs('cc', ['--version'], env) ? undefined : 'cc is not in PATH'),
    packages: {
      'apt-get': 'gcc libc6-dev',
      dnf: 'gcc glibc-devel',
      apk: 'gcc musl-dev',
      pacman: 'gcc',
      zypper: 'gcc glibc-devel',
    },
  },
];

/**
 * @param {string} command the sub-command
 * @param {NodeJS.ProcessEnv} [env]
 * @throws {StepError} naming everything that is missing and the one command that installs it
 */
export function checkPrerequisites(command, env = toolEnvironment(process.env)) {
  const lines = [];
  const wanted = [];
  for (const prerequisite of PREREQUISITES) {
    if (!prerequisite.neededBy.includes(command)) continue;
    const problem = prerequisite.missing(env);
    if (problem === undefined) continue;
    lines.push(`${prerequisite.name} (${prerequisite.purpose}): ${problem}`);
    wanted.push(prerequisite);
  }
  if (lines.length === 0) return;
  throw new StepError(`\`${command}\` needs what is not on this machine`, {
    detail: lines.join('\n'),
    hint: installCommand(wanted, env),
  });
}

/**
 * @param {Prerequisite[]} wanted
 * @param {NodeJS.ProcessEnv} env
 * @returns {string} a command to paste
 */
function installCommand(wanted, env) {
  /** @type {Record<string, string>} */
  const verbs = {
    'apt-get': 'apt-get update && apt-get install --yes',
    dnf: 'dnf install --assumeyes',
    apk: 'apk add',
    pacman: 'pacman -S --needed',
    zypper: 'zypper install',
  };
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  for (const [manager, verb] of Object.entries(verbs)) {
    if (!runs(manager, ['--version'], env)) continue;
    const packages = wanted.map((prerequisite) => prerequisite.packages[manager]).join(' ');
    const command = sudo + verb.replace('&& ', `&& ${sudo}`);
    return `${command} ${packages}${goRemark(wanted)}`;
  }
  return `install ${wanted.map((prerequisite) => prerequisite.name).join(', ')}`;
}

/** @param {Prerequisite[]} wanted */
function goRemark(wanted) {
  const needsGo = wanted.some((prerequisite) => prerequisite.name.startsWith('Go'));
  return needsGo ? '\n      (where that Go is older than 1.21: https://go.dev/doc/install)' : '';
}

/** @param {NodeJS.ProcessEnv} env */
function missingPython(env) {
  if (!runs('python3', ['--version'], env)) return 'python3 is not in PATH';
  const hasPip = runs('python3', ['-m', 'pip', '--version'], env);
  return hasPip ? undefined : '`python3 -m pip` does not run';
}

/** @param {NodeJS.ProcessEnv} env */
function missingGo(env) {
  const result = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8', env });
  if (result.error !== undefined || result.status !== 0) return 'go is not in PATH';
  const version = /^go1\.(\d+)/.exec(result.stdout.trim());
  if (version === null || Number(version[1]) >= OLDEST_GO_MINOR) return undefined;
  return `go is ${result.stdout.trim()}`;
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function runs(program, args, env) {
  const result = spawnSync(program, args, { stdio: 'ignore', env });
  return result.error === undefined && result.status === 0;
}
