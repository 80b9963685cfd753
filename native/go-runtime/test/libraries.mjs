// SPDX-License-Identifier: Apache-2.0
// Woven programs per library, run against real servers (or small ones of the program's own), and the
// spans that they must have, and no others: programs/NAME/spans.txt. They take minutes to build:
// OTELKIT_FULL_MATRIX=1, or `node libraries.mjs [--write] [--bin=DIR] NAME…` (DIR: woven already).
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres, startRedis } from './servers.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const programs = join(here, 'programs');
const weaverFolder = join(here, '../../go-toolexec');
const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const RUN_LIMIT_MS = 120_000;
/** What differs from run to run, or is the same in all. */
const LEFT_OUT = /^(network\.|user_agent|client\.|server\.|url\.(scheme|full)|messaging\.kafka)/;

/** Program → the server that it needs. */
export const LIBRARIES = {
  routers: undefined,
  fasthttp: undefined,
  aws: undefined,
  gocql: undefined,
  kafka: undefined,
  kubernetes: undefined,
  mongo: undefined,
  otel: undefined,
  redis: startRedis,
  postgres: startPostgres,
};

/** One line a span: kind, name, parent, status, attributes. */
export function describe(output) {
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  const spans = lines.map((line) => JSON.parse(line)).filter((span) => span.spanId);
  const names = new Map(spans.map((span) => [span.spanId, span.name]));
  return spans.map((span) => lineOf(span, names)).sort();
}

function lineOf(span, names) {
  const parent = span.parentSpanId ? (names.get(span.parentSpanId) ?? 'another process') : 'none';
  const attributes = Object.entries(span.attributes)
    .filter(([key]) => !LEFT_OUT.test(key))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort();
  const status = ['', ' OK', ' ERROR'][span.status?.code ?? 0];
  return `${KINDS[span.kind]} "${span.name}" below "${parent}"${status} ${attributes.join(' ')}`;
}

function run(command, args, options) {
  return spawnSync(command, args, { encoding: 'utf8', ...options });
}

/** The weaver of this tree. */
export function buildWeaver(work) {
  const path = join(work, 'otel-go-toolexec');
  const built = run('go', ['build', '-o', path, '.'], { cwd: weaverFolder });
  if (built.status !== 0) throw new Error(built.stderr);
  return path;
}

/**
 * @param {string[]} names
 * @param {(outcome: 'ok'|'fail'|'skip', title: string, text?: string) => void} tell
 * @param {{ write?: boolean }} options
 */
export async function testLibraries(names, tell, { write = false, bin } = {}) {
  const work = mkdtempSync(join(tmpdir(), 'otelkit-libraries-'));
  mkdirSync(join(work, 'bin'));
  try {
    const weaver = bin ? undefined : buildWeaver(work);
    for (const name of names) {
      const binary = join(bin ?? join(work, 'bin'), name);
      const failure = weaver && weave(name, { binary, weaver, work });
      if (failure) tell('fail', `${name} builds woven`, failure);
      else await testLibrary(name, { tell, binary, write });
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Undefined, or what went wrong. */
function weave(name, { binary, weaver, work }) {
  const env = {
    ...process.env,
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=readonly -buildvcs=false',
    OTELKIT_GO_RUNTIME: dirname(here),
    OTELKIT_GO_CACHE: process.env.OTELKIT_GO_CACHE ?? join(work, 'cache'),
  };
  const built = run(weaver, ['go', 'build', '-o', binary, `./${name}`], { cwd: programs, env });
  return built.status === 0 ? undefined : built.stderr.slice(-800);
}

/** Runs a woven program and compares its spans. */
export async function testLibrary(name, { tell, binary, write = false }) {
  const server = await LIBRARIES[name]?.(await freePort());
  if (server?.reason) return tell('skip', name, server.reason);
  try {
    const own = { OTEL_TRACES_EXPORTER: 'console', OTEL_METRICS_EXPORTER: 'none' };
    const ran = run(binary, [], {
      env: { ...process.env, ...server?.env, ...own },
      timeout: RUN_LIMIT_MS,
    });
    if (ran.status !== 0) return tell('fail', `${name} runs`, ran.stderr.slice(-800));
    compare(name, describe(ran.stdout), { tell, write });
  } finally {
    server?.stop();
  }
}

function compare(name, lines, { tell, write }) {
  const path = join(programs, name, 'spans.txt');
  const text = `${lines.join('\n')}\n`;
  if (write) writeFileSync(path, text);
  const wanted = readFileSync(path, 'utf8').trimEnd().split('\n');
  const missing = wanted.filter((line) => !lines.includes(line));
  const extra = lines.filter((line) => !wanted.includes(line));
  const same = text === `${wanted.join('\n')}\n`;
  const detail = `missing: ${missing.join(' | ')}; not expected: ${extra.join(' | ')}`;
  tell(same ? 'ok' : 'fail', `${name}: its ${wanted.length} spans`, same ? '' : detail);
}

/** A port that was free a moment ago: the servers cannot be told to choose one. */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  const bin = process.argv.find((argument) => argument.startsWith('--bin='))?.slice(6);
  const tell = (outcome, title, text = '') => {
    console.log(`${outcome} ${title} ${text}`);
    if (outcome === 'fail') process.exitCode = 1;
  };
  await testLibraries(names.length > 0 ? names : Object.keys(LIBRARIES), tell, {
    write: process.argv.includes('--write'),
    ...(bin ? { bin } : {}),
  });
}
