// SPDX-License-Identifier: Apache-2.0
// What otel-go attach costs the programs that it traces: load goes in turns to a server that is traced
// and to a copy of it that is not, over connections that stay open. Needs root and Go. What else runs
// on the machine disturbs it: CPU time says more than requests a second then.
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build, buildLoad, endAll, load, median, serve, start, turn } from './lib/goTurns.mjs';
import { printTable, ROOT } from './lib/measure.mjs';

const ROUNDS = 10;
const AGENT = join(ROOT, 'packages/otel-go/bin/run.js');
const SERVER = join(ROOT, 'native/bpf-helper/internal/gotrace/testdata/rpc');
/** What the server does for each: its own span; a gRPC call to itself; a query. */
const PATHS = [
  ['HTTP', '/none'],
  ['HTTP + gRPC client and server', '/say/hello'],
  ['HTTP + SQL', '/sql/select'],
];
const SAMPLERS = [
  ['always_on', '1'],
  ['traceidratio', '0.01'],
  ['always_off', '1'],
];

const work = mkdtempSync(join(tmpdir(), 'otelkit-go-bench-'));
let loader;

async function compare(sampler, argument, collector) {
  const traced = await serve(join(work, 'traced'));
  const plain = await serve(join(work, 'plain'));
  const agent = start(process.execPath, [AGENT, 'attach', '--pid', String(traced.pid)], {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: process.env.OTEL_METRICS_EXPORTER ?? 'none',
    OTEL_TRACES_SAMPLER: sampler,
    OTEL_TRACES_SAMPLER_ARG: argument,
  });
  await sleep(3_000);
  const children = readFileSync(`/proc/${agent.pid}/task/${agent.pid}/children`, 'utf8');
  const helper = Number(children.trim().split(' ')[0]);
  const rows = [];
  for (const [name, path] of PATHS) {
    for (const { address } of [traced, plain]) await load(loader, address, path, '0.7');
    const on = [];
    const off = [];
    for (let round = 0; round < ROUNDS; round++) {
      on.push(await turn(loader, traced.address, path, [traced.pid, agent.pid, helper]));
      off.push(await turn(loader, plain.address, path, [plain.pid]));
    }
    const ratio = (of) => (median(on.map(of)) / median(off.map(of))).toFixed(2);
    const us = (list, i) => median(list.map(({ each }) => each[i])).toFixed(1);
    rows.push([
      ...[`${name}, ${sampler}${argument === '1' ? '' : ` ${argument}`}`],
      ...[ratio(({ rps }) => rps), ratio(({ p50Us }) => p50Us), ratio(({ p99Us }) => p99Us)],
      (1 / ratio(({ sumUs }) => sumUs)).toFixed(2),
      ...[us(off, 0), us(on, 0), us(on, 1), us(on, 2)],
    ]);
  }
  for (const { child } of [traced, plain]) child.kill();
  agent.kill();
  await new Promise((resolve) => agent.once('exit', resolve));
  return rows;
}

/** From the start of a process to the first of its requests that is traced, ms. */
async function untilTraced(run, path, lines) {
  const begun = performance.now();
  const { address, child } = await serve(path);
  const sentMs = [];
  let seen;
  while (seen === undefined && performance.now() - begun < 5_000) {
    sentMs.push(performance.now() - begun);
    await ask(address, `/none/r${run}n${sentMs.length - 1}e`);
    seen = new RegExp(`/none/r${run}n(\\d+)e`).exec(lines.text)?.[1];
  }
  child.kill();
  return seen === undefined ? '-' : sentMs[Number(seen)].toFixed(0);
}

function ask(address, path) {
  const [host, port] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect(Number(port), host, () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    );
    socket.on('data', () => {}).on('error', () => {});
    socket.on('close', resolve);
  });
}

async function newProcesses() {
  const lines = { text: '' };
  const path = join(work, 'new');
  const agent = start(process.execPath, [AGENT, 'attach', '--exe', path, '--exporter', 'console']);
  agent.stdout.on('data', (text) => {
    lines.text += text;
  });
  await sleep(5_000);
  copyFileSync(join(work, 'plain'), path);
  const ms = [];
  for (let run = 0; run < 3; run++) ms.push(await untilTraced(run, path, lines));
  agent.kill();
  return ms;
}

const collector = createServer((request, response) => {
  request.resume().on('end', () => response.end());
});
try {
  loader = buildLoad(work);
  build(SERVER, join(work, 'traced'));
  copyFileSync(join(work, 'traced'), join(work, 'plain'));
  await new Promise((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${collector.address().port}`;
  const rows = [];
  for (const [sampler, argument] of SAMPLERS) rows.push(...(await compare(sampler, argument, url)));
  printTable('otel-go attach: traced to plain, and CPU µs a request', [
    ['', 'requests/s', 'p50', 'p99', '1/CPU', 'plain', 'traced', 'Node', 'helper'],
    ...rows,
  ]);
  const [first, ...others] = await newProcesses();
  console.log(
    `\nfrom a process's start to its first traced request: ${first} ms for an executable that is ` +
      `new, ${others.join(' and ')} ms when it starts again`,
  );
} finally {
  endAll();
  collector.close();
  rmSync(work, { recursive: true, force: true });
}
