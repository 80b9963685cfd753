// SPDX-License-Identifier: Apache-2.0
// A real collector with its store in a folder, and requests to it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './measure.mjs';

const TOOL = join(ROOT, 'packages/otel-profile/bin/run.js');
/** Samples of the past are kept, however many. */
const KEEP = ['--retention', '1000h', '--max-store', '100GB'];

export const loadOtlp = () => import(pathToFileURL(join(ROOT, 'packages/otlp/dist/index.js')).href);

/** @returns its process, the address of its page, and what ends it and removes the folder */
export async function startCollector(folder) {
  const args = ['collect', '--listen', '127.0.0.1:0', '--store', folder, ...KEEP];
  const child = spawn(process.execPath, [TOOL, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.setEncoding('utf8');
  const [url] = await once(child.stdout, 'data');
  const end = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  };
  return { child, url: url.trim(), end };
}

/** @param {Buffer} body a request of profiles, packed */
export async function post(url, body) {
  const response = await fetch(new URL('/v1development/profiles', url), {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
    body,
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}
