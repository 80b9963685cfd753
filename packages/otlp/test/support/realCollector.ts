// SPDX-License-Identifier: Apache-2.0
// A real OpenTelemetry Collector with a configuration of the test's own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const COLLECTOR = fileURLToPath(new URL('../../../../.toolchain/otelcol/otelcol', import.meta.url));

/** False (and a printed reason) where none has been built. */
export function isCollectorThere(): boolean {
  if (existsSync(COLLECTOR)) return true;
  console.log('skip: no Collector, install with: node packages/dev/bin/buildCollector.mjs');
  return false;
}

/**
 * Starts it with so many free ports.
 * @param configure YAML for those ports
 */
export async function startCollector(
  folder: string,
  portCount: number,
  configure: (ports: readonly number[]) => string,
): Promise<[ChildProcess, readonly number[]]> {
  // The Collector cannot tell which port it took, so free ones are looked for, anew when lost.
  for (let attempt = 1; ; attempt++) {
    const ports = await Promise.all(Array.from({ length: portCount }, freePort));
    const config = join(folder, 'collector.yaml');
    writeFileSync(config, configure(ports));
    const argv = ['--config', config, '--feature-gates=service.profilesSupport'];
    const child = spawn(COLLECTOR, argv, { stdio: ['ignore', 'ignore', 'pipe'] });
    const log = await readyOrEnded(child);
    if (log === undefined) return [child, ports];
    await endCollector(child);
    if (attempt === 5 || !log.includes('address already in use'))
      throw new Error(`the Collector did not start:\n${log}`);
  }
}

export async function endCollector(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Undefined when it is ready, else what it said before it ended. */
function readyOrEnded(child: ChildProcess): Promise<string | undefined> {
  const log: string[] = [];
  return new Promise((resolve) => {
    createInterface({ input: child.stderr! }).on('line', (line) => {
      log.push(line);
      if (line.includes('Everything is ready')) resolve(undefined);
    });
    child.once('close', () => resolve(log.join('\n')));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
