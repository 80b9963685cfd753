// SPDX-License-Identifier: Apache-2.0
// Real servers for the programs: {env, stop}, or {reason} where one cannot be had.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_LIMIT_MS = 60_000;
const PAUSE_MS = 100;

function missing(program, debianPackage) {
  const found = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  return found ? undefined : `no ${program}, install with: apt-get install ${debianPackage}`;
}

/** Ends when the port answers, or the server or the time does. */
async function answers(child, port) {
  const end = Date.now() + START_LIMIT_MS;
  while (child.exitCode === null && Date.now() < end) {
    const there = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (there) return true;
    await sleep(PAUSE_MS);
  }
  return false;
}

async function started(command, args, port, env) {
  const child = spawn(command, args, { stdio: 'ignore' });
  child.on('error', () => {});
  const stop = () => child.kill('SIGKILL');
  if (await answers(child, port)) return { env, stop };
  stop();
  return { reason: `${command} did not start` };
}

export async function startRedis(port) {
  const reason = missing('redis-server', 'redis-server');
  if (reason) return { reason };
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return started('redis-server', args, port, { REDIS: `127.0.0.1:${port}` });
}

/** PostgreSQL refuses to run as root: as nobody then. */
export async function startPostgres(port) {
  const folder = spawnSync('sh', ['-c', 'ls -d /usr/lib/postgresql/*/bin | tail -n 1'], {
    encoding: 'utf8',
  }).stdout.trim();
  if (!folder) return { reason: 'no postgres, install with: apt-get install postgresql' };
  const isRoot = process.getuid() === 0;
  const as = isRoot ? ['--reuid', '65534', '--regid', '65534', '--clear-groups'] : [];
  const data = mkdtempSync('/tmp/otelkit-pg-');
  if (isRoot) spawnSync('chown', ['65534:65534', data]);
  const made = spawnSync('setpriv', [
    ...as,
    join(folder, 'initdb'),
    ...['-D', join(data, 'd'), '-A', 'trust', '-U', 'tester', '--no-sync'],
  ]);
  const forget = () => rmSync(data, { recursive: true, force: true });
  if (made.status !== 0) {
    forget();
    return { reason: `initdb: ${made.stderr}` };
  }
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'];
  const server = await started(
    'setpriv',
    [
      ...as,
      join(folder, 'postgres'),
      ...['-D', join(data, 'd'), '-p', `${port}`, '-k', data, ...settings],
    ],
    port,
    { POSTGRES: `postgres://tester@127.0.0.1:${port}/postgres?sslmode=disable` },
  );
  const stop = () => {
    server.stop?.();
    forget();
  };
  if (server.reason) forget();
  return server.reason ? server : { env: server.env, stop };
}
