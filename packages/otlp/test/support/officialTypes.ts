// SPDX-License-Identifier: Apache-2.0
// The Go program in test/decoder: the official OTLP types as an independent judge.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../decoder', import.meta.url));
const BUILD_MS = 600_000;

let folder: string | undefined;
let failure: string | undefined;

/**
 * The program, built once a run; undefined (and a printed reason) where Go or its modules are out
 * of reach.
 */
export function officialTypes(): string | undefined {
  if (failure === undefined && folder === undefined) build();
  if (failure === undefined) return join(folder!, 'decoder');
  console.log(
    `skip: ${failure}, install with: apt-get install golang (and reach a Go module proxy)`,
  );
  return undefined;
}

function build(): void {
  folder = mkdtempSync(join(tmpdir(), 'otelkit-otlp-decoder-'));
  const built = folder;
  process.once('exit', () => rmSync(built, { recursive: true, force: true }));
  const argv = ['build', '-mod=readonly', '-buildvcs=false', '-o', join(folder, 'decoder'), '.'];
  const env = { ...process.env, CGO_ENABLED: '0' };
  const run = spawnSync('go', argv, { cwd: SOURCE, env, encoding: 'utf8', timeout: BUILD_MS });
  if (run.error !== undefined) failure = `go cannot be run (${run.error.message})`;
  else if (run.status === 0) return;
  else if (isOutOfReach(run.stderr)) failure = 'the Go modules are out of reach';
  else throw new Error(`go build failed:\n${run.stderr}`);
}

function isOutOfReach(stderr: string): boolean {
  return /dial tcp|no such host|403 Forbidden|404 Not Found|timeout|proxyconnect|module lookup disabled|requires go/i.test(
    stderr,
  );
}

/** A request as protobuf's JSON mapping; throws on unknown fields and damage. */
export function decodeOfficially(
  program: string,
  signal: 'profiles' | 'traces' | 'metrics',
  bytes: Uint8Array,
): unknown {
  const maxBuffer = 256 * 1_048_576;
  return JSON.parse(
    execFileSync(program, ['decode', signal], { input: bytes, maxBuffer }).toString(),
  );
}
