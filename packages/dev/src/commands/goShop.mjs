// SPDX-License-Identifier: Apache-2.0
// The small Go shop of examples/otel-go, compiled, running and traced, while something else is shown.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../bootstrap/paths.mjs';
import { runQuietly } from '../bootstrap/runCommand.mjs';

const TRACER = join(ROOT, 'packages', 'otel-go', 'bin', 'run.js');
const SOURCES = join(ROOT, 'examples', 'otel-go', 'shop');

/**
 * Starts stock, front, customers and `otel-go attach`; its spans go to the page.
 * @param {string} pageUrl `http://127.0.0.1:11000`, where OTLP is taken too
 * @returns {Promise<() => void>} ends all of it
 */
export async function startGoShop(pageUrl) {
  const folder = mkdtempSync(join(tmpdir(), 'otelkit-shop-'));
  /** @type {import('node:child_process').ChildProcess[]} */
  const children = [];
  const end = () => {
    for (const child of children) child.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  // Somebody may end us by a signal: nothing of it stays behind.
  process.once('exit', end);
  /**
   * @param {string} program
   * @param {string[]} args
   */
  const run = (program, args, more = {}) => {
    const env = { ...process.env, ...more };
    const child = spawn(program, args, { cwd: folder, env, stdio: 'ignore' });
    child.on('error', () => {});
    children.push(child);
    return child;
  };
  try {
    const shop = join(folder, 'shop');
    const env = { ...process.env, GOFLAGS: '', GOWORK: 'off' };
    await runQuietly('go', ['build', '-o', shop, '.'], { cwd: SOURCES, env });
    const [stockPort, frontPort] = await freePorts();
    const stockUrl = `http://127.0.0.1:${stockPort}`;
    const stock = run(shop, ['stock', `127.0.0.1:${stockPort}`], { OTEL_SERVICE_NAME: 'stock' });
    const front = run(shop, ['front', `127.0.0.1:${frontPort}`, stockUrl], {
      OTEL_SERVICE_NAME: 'shop',
    });
    const pids = ['--pid', String(stock.pid), '--pid', String(front.pid)];
    run(process.execPath, [TRACER, 'attach', ...pids, '--endpoint', pageUrl], {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_BSP_SCHEDULE_DELAY: '300',
    });
    run(shop, ['customers', `http://127.0.0.1:${frontPort}`], { OTEL_SERVICE_NAME: 'customers' });
    return end;
  } catch (error) {
    end();
    throw error;
  }
}

/** Two ports that nobody has just now, both held until both are known. */
export async function freePorts() {
  const servers = [createServer(), createServer()];
  const ports = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push(/** @type {import('node:net').AddressInfo} */ (server.address()).port);
  }
  for (const server of servers) server.close();
  return ports;
}
