// SPDX-License-Identifier: Apache-2.0
// The same three services (bench/lib/goShop) plain, woven by otel-go build, and instrumented by hand
// with OpenTelemetry's own libraries: load goes to each in turns. CPU time says more than requests a
// second where something else runs. `node goBuild.bench.mjs [ROUNDS]`; OTEL_METRICS_EXPORTER=none
// leaves metrics out of both.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build, buildLoad, endAll, load, median, serve, turn } from './lib/goTurns.mjs';
import { printTable, ROOT } from './lib/measure.mjs';

const ROUNDS = Number(process.argv[2] ?? 10);
const PATHS = ['/ping', '/user/7'];
const QUIET_MS = 1_000;
const work = mkdtempSync(join(tmpdir(), 'otelkit-go-build-bench-'));
const VARIANTS = [
  ['plain', ['go', 'build']],
  ['woven', ['node', join(ROOT, 'packages/otel-go/bin/run.js'), 'build']],
  ['by hand', ['go', 'build', '-tags=byhand']],
];

/** The spans of an ExportTraceServiceRequest: field 2 of field 2 of field 1. */
function countSpans(bytes, fields = [1, 2, 2]) {
  let count = 0;
  let at = 0;
  const varint = () => {
    for (let value = 0, factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    if ((key & 7) !== 2) throw new Error(`wire type ${key & 7}`);
    const size = varint();
    const inner = bytes.subarray(at, at + size);
    if (key >> 3 === fields[0])
      count += fields.length === 1 ? 1 : countSpans(inner, fields.slice(1));
    at += size;
  }
  return count;
}

const received = { spans: 0, requests: 0, last: 0 };
const collector = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    if (request.url === '/v1/traces') {
      received.spans += countSpans(Buffer.concat(parts));
      received.requests++;
      received.last = performance.now();
    }
    response.end();
  });
});

/** Until nothing has come for a while: what the turn before queued belongs to it. */
async function settled() {
  received.last = performance.now();
  while (performance.now() - received.last < QUIET_MS) await sleep(100);
}

async function startVariant(name, url) {
  const path = join(work, name);
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_BSP_SCHEDULE_DELAY: '500',
    OTEL_SERVICE_NAME: 'shop',
  };
  const stock = await serve(path, ['stock'], env);
  const price = await serve(path, ['price'], env);
  const shop = await serve(path, ['shop', stock.address, price.address], env);
  return { name, path, shop, pids: [shop.pid, stock.pid, price.pid] };
}

function peakMiB(pids) {
  const kib = (pid) =>
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
  return (pids.reduce((sum, pid) => sum + kib(pid), 0) / 1_024).toFixed(0);
}

async function oneTurn(program, { shop, pids }, path) {
  const { spans, requests } = received;
  const result = await turn(program, shop.address, path, pids);
  await settled();
  return {
    ...result,
    spans: (received.spans - spans) / result.requests,
    posts: received.requests - requests,
  };
}

async function comparePath(program, variants, path) {
  const turns = new Map(variants.map(({ name }) => [name, []]));
  for (const { shop } of variants) await load(program, shop.address, path, '0.7');
  await settled();
  for (let round = 0; round < ROUNDS; round++) {
    for (const variant of variants) {
      turns.get(variant.name).push(await oneTurn(program, variant, path));
    }
  }
  const of = (name, value) => median(turns.get(name).map(value));
  const least = (name) =>
    Math.min(...turns.get(name).map(({ each }) => each.reduce((sum, us) => sum + us, 0)));
  return variants.map(({ name }) => [
    ...[`${path}, ${name}`, of(name, ({ rps }) => rps).toFixed(0)],
    (of(name, ({ rps }) => rps) / of('plain', ({ rps }) => rps)).toFixed(2),
    ...[of(name, ({ p50Us }) => p50Us).toFixed(0), of(name, ({ p99Us }) => p99Us).toFixed(0)],
    (of(name, ({ p99Us }) => p99Us) / of('plain', ({ p99Us }) => p99Us)).toFixed(2),
    ...[
      of(name, ({ each }) => each.reduce((sum, us) => sum + us, 0)).toFixed(0),
      least(name).toFixed(0),
    ],
    ...[of(name, ({ spans }) => spans).toFixed(2), of(name, ({ posts }) => posts)],
  ]);
}

try {
  const loader = buildLoad(work);
  for (const [name, command] of VARIANTS) {
    build(join(ROOT, 'bench/lib/goShop'), join(work, name), command);
  }
  await new Promise((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${collector.address().port}`;
  const variants = [];
  for (const [name] of VARIANTS) variants.push(await startVariant(name, url));
  const rows = [];
  for (const path of PATHS) rows.push(...(await comparePath(loader, variants, path)));
  printTable('times in µs; CPU of the three processes a request: median, least; spans a request', [
    ['', 'requests/s', 'ratio', 'p50', 'p99', 'ratio', 'CPU', 'least', 'spans', 'exports'],
    ...rows,
  ]);
  printTable('the program, and peak of its three processes, MiB', [
    ['', 'size', 'memory'],
    ...variants.map(({ name, path, pids }) => [
      name,
      (statSync(path).size / 2 ** 20).toFixed(1),
      peakMiB(pids),
    ]),
  ]);
} finally {
  endAll();
  collector.close();
  rmSync(work, { recursive: true, force: true });
}
