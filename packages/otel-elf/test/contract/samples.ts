// SPDX-License-Identifier: Apache-2.0
// Files for the tests from outside: compiled once, then damaged in ways that users meet.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const BIN: string = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

const HELLO_C = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n';

let made: string | undefined;

/** A folder that is gone when the tests end. */
export function folder(): string {
  if (made !== undefined) return made;
  const path = mkdtempSync(join(tmpdir(), 'otel-elf-contract-'));
  process.once('exit', () => rmSync(path, { recursive: true, force: true }));
  made = path;
  return path;
}

export function has(tool: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((one) => one !== '' && existsSync(join(one, tool)));
}

/** Skips the running test, with the reason, unless the tool is there. */
export function needs(context: Mocha.Context, tool: string, install: string): void {
  if (has(tool)) return;
  console.log(`skip: ${tool} is not here, install with: ${install}`);
  context.skip();
}

const compiled = new Map<string, string>();

/** Path of a program compiled by gcc with these arguments; compiled once for each of them. */
export function program(compiler: string, ...args: readonly string[]): string {
  const key = [compiler, ...args].join(' ');
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const path = join(folder(), `program-${compiled.size}`);
  const source = join(folder(), 'main.c');
  writeFileSync(source, HELLO_C);
  execFileSync(compiler, ['-o', path, source, ...args], { stdio: 'pipe' });
  compiled.set(key, path);
  return path;
}

export function write(name: string, bytes: Uint8Array | string): string {
  const path = join(folder(), name);
  writeFileSync(path, bytes);
  return path;
}

/** Damaged copies of a 64-bit little-endian program. */
export function damaged(path: string): string[] {
  const whole = readFileSync(path);
  const patched = (name: string, at: number, hex: string): string => {
    const copy = Buffer.from(whole);
    Buffer.from(hex, 'hex').copy(copy, at);
    return write(name, copy);
  };
  return [
    ...[0, 3, 4, 20, 63, 64, 200, 900, 3000].map((n) => write(`cut-${n}`, whole.subarray(0, n))),
    patched('bad-class', 4, '07'),
    patched('bad-shoff', 40, 'ffffffffffffff7f'),
    patched('bad-phnum', 56, 'feff'),
    patched('bad-shstrndx', 62, 'ff7f'),
    patched('bad-phoff', 32, '0100000000000080'),
    patched('bad-machine', 18, 'efbe'),
    write('text', 'no ELF at all\n'),
  ];
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** Runs otel-elf to its end, without a terminal and without any colour asked for. */
export function run(
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: Uint8Array; cwd?: string } = {},
): Outcome {
  const { NO_COLOR: _no, FORCE_COLOR: _force, COLUMNS: _columns, ...env } = process.env;
  const result = spawnSync(process.execPath, [BIN, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 60_000,
    env: { ...env, ...options.env },
    ...(options.input === undefined ? {} : { input: options.input }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const { stdout, stderr, status, signal } = result;
  return { stdout, stderr, exitCode: status, signal };
}

/** Runs a line of shell in which `$TOOL` is otel-elf. */
export function shell(line: string, env: NodeJS.ProcessEnv = {}): Outcome {
  const { NO_COLOR: _no, FORCE_COLOR: _force, COLUMNS: _columns, ...inherited } = process.env;
  const result = spawnSync(
    'bash',
    ['-c', `set -o pipefail; TOOL="${process.execPath} ${BIN}"; ${line}`],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      timeout: 60_000,
      env: { ...inherited, ...env },
    },
  );
  const { stdout, stderr, status, signal } = result;
  return { stdout, stderr, exitCode: status, signal };
}
