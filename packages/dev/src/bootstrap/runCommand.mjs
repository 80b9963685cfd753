// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { StepError } from './stepError.mjs';

const KEPT_OUTPUT_CHARACTERS = 16_384;
const FORWARDED_SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * @typedef {object} RunOptions
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} env
 * @property {string} [what] what this does, for the error: `fetching Zig 0.17.0`
 * @property {string} [hint] the next step when it fails
 * @property {(line: string) => void} [onLine] each line of output as it comes
 */

/**
 * Runs a program quietly; its output is kept only for the error.
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} options
 * @returns {Promise<string>} its standard output and error, the last 16 KiB
 * @throws {StepError} when it cannot start or exits with another code than 0
 */
export async function runQuietly(program, args, options) {
  let output = '';
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (/** @type {string} */ chunk) => {
      output = (output + chunk).slice(-KEPT_OUTPUT_CHARACTERS);
      const lines = chunk.split('\n').filter((line) => line.trim() !== '');
      const last = lines.at(-1);
      if (last !== undefined) options.onLine?.(last.trim());
    });
  }
  const ended = await untilEnd(child);
  if (ended.exitCode === 0) return output;
  const what = options.what ?? [program, ...args].join(' ');
  if (ended.interruptedBy !== undefined) {
    throw new StepError(`${what}: interrupted by ${ended.interruptedBy}`);
  }
  throw new StepError(`${what} failed: ${ended.reason}`, {
    detail: output.trim().split('\n').slice(-30).join('\n'),
    hint: options.hint ?? '',
  });
}

/**
 * Runs a program and hands each line of its output on as it comes.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, onLine: (line: string) => void }} options
 * @returns {Promise<number>} its exit code, as runVisibly's
 */
export async function runByLines(program, args, { cwd, env, onLine }) {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
  }
  const ended = await untilEnd(child);
  if (ended.failedToStart) console.error(`error: ${program}: ${ended.reason}`);
  return ended.exitCode;
}

/**
 * Runs a program on this terminal.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, limitMs?: number }} options with `limitMs` the
 * program has a process group of its own, which is killed as a whole after that time
 * @returns {Promise<number>} its exit code; 128 + n after signal n; 127 when it cannot start
 */
export async function runVisibly(program, args, { cwd, env, limitMs }) {
  const detached = limitMs !== undefined;
  const child = spawn(program, args, { cwd, env, stdio: 'inherit', detached });
  const timer = detached && setTimeout(() => endGroup(child, program, limitMs), limitMs);
  const ended = await untilEnd(child);
  if (timer) clearTimeout(timer);
  if (ended.failedToStart) console.error(`error: ${program}: ${ended.reason}`);
  return ended.exitCode;
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} program
 * @param {number} limitMs
 */
function endGroup(child, program, limitMs) {
  console.error(`error: ${program} (process ${child.pid}) ran longer than ${limitMs / 1000} s`);
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/**
 * Waits for a child; signals sent to this process alone (a terminal's Ctrl-C reaches both) are
 * handed on, so that nothing is left running.
 * @param {import('node:child_process').ChildProcess} child
 * @typedef {object} Ended
 * @property {number} exitCode
 * @property {string} reason
 * @property {boolean} failedToStart
 * @property {NodeJS.Signals} [interruptedBy] the signal that this process was sent meanwhile
 * @returns {Promise<Ended>}
 */
async function untilEnd(child) {
  /** @type {NodeJS.Signals | undefined} */
  let interruptedBy;
  const forward = (/** @type {NodeJS.Signals} */ signal) => {
    interruptedBy = signal;
    child.kill(signal);
  };
  for (const signal of FORWARDED_SIGNALS) process.on(signal, forward);
  try {
    return await new Promise((resolve) => {
      child.on('error', (error) => {
        resolve({ exitCode: 127, reason: error.message, failedToStart: true });
      });
      child.on('close', (code, signal) => {
        const exitCode = code ?? 128 + signalNumber(signal);
        const reason = signal === null ? `exit code ${code}` : `ended by ${signal}`;
        const interruption = interruptedBy === undefined ? {} : { interruptedBy };
        resolve({ exitCode, reason, failedToStart: false, ...interruption });
      });
    });
  } finally {
    for (const signal of FORWARDED_SIGNALS) process.off(signal, forward);
  }
}

/** @param {NodeJS.Signals | null} signal */
function signalNumber(signal) {
  /** @type {Record<string, number>} */
  const numbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
  return numbers[signal ?? ''] ?? 0;
}
