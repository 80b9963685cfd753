// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(HERE, '..', '..');

/**
 * Runs commands in turn, `rounds` times, and resolves with the median and least CPU (user and
 * system, ms) and the peak RSS (KiB) of each. Interleaved, because a shared machine drifts.
 * @param {{name: string, argv: string[]}[]} commands
 * @param {number} rounds
 * @returns {Promise<Map<string, {medianMs: number, leastMs: number, peakRssKiB: number,
 *   exitCode: number}>>}
 */
export async function measure(commands, rounds) {
  const child = spawn('python3', [join(HERE, 'measure.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify({ rounds, commands }));
  const runs = new Map(commands.map(({ name }) => [name, []]));
  let done = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const result = JSON.parse(line);
    runs.get(result.name).push(result);
    done++;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\x1b[K${done}/${rounds * commands.length} ${result.name}`);
    }
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  return new Map([...runs].map(([name, results]) => [name, summary(results)]));
}

function summary(results) {
  const cpu = results.map((result) => result.cpuMs).sort((a, b) => a - b);
  return {
    medianMs: cpu[Math.floor(cpu.length / 2)],
    leastMs: cpu[0],
    peakRssKiB: Math.max(...results.map((result) => result.peakRssKiB)),
    exitCode: results.at(-1).exitCode,
  };
}

/** True when the program can be run by name. */
export function hasProgram(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Prints rows under a title, columns aligned. */
export function printTable(title, rows) {
  console.log(`\n${title}`);
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => String(row[i]).length)));
  for (const row of rows) {
    console.log(`  ${row.map((cell, i) => String(cell).padEnd(widths[i])).join('  ')}`.trimEnd());
  }
}
