// SPDX-License-Identifier: Apache-2.0
// What a batch of profiles costs to encode and how many bytes a sample takes on the wire, beside the
// same batch as JSON (OTLP's other encoding) and by the table-driven encoder. See docs/otlp.md.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { printTable, ROOT } from './lib/measure.mjs';

const OTLP = pathToFileURL(join(ROOT, 'packages/otlp/dist/index.js')).href;
const otlp = await import(OTLP);
const ROUNDS = 15;
const CPUS = 2;
const SECONDS = 5;
const PROGRAMS = 5;
const WIRE_LIMIT = 20;

/** Repeatable numbers of [0, 1): a benchmark must meet the same batch each time. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

/** `processes` of five programs; each program has `stacks` call chains of its own and libc's. */
function host(processes, stacks) {
  const random = generator(processes * 1_000 + stacks);
  const whole = (below) => Math.floor(random() * below);
  const verbs = ['get', 'set', 'parse', 'alloc', 'read', 'write', 'hash', 'insert', 'emit', 'scan'];
  const hexadecimal = (digits) =>
    Array.from({ length: digits }, () => whole(16).toString(16)).join('');
  const frames = [];
  const chains = [new Int32Array(0)];
  const programs = Array.from({ length: PROGRAMS }, (_, program) => {
    const mapping = { fileName: `/usr/bin/program${program}`, buildIdGnu: hexadecimal(40) };
    const first = frames.length;
    for (let i = 0; i < stacks * 4; i++) {
      const functionName = `${verbs[whole(10)]}_${verbs[whole(10)]}_${whole(1_000)}`;
      frames.push({ kind: 'native', mapping, address: 4_096 + whole(4e6), functionName });
    }
    const root = Array.from({ length: 8 }, () => first + whole(stacks * 4));
    return Array.from({ length: stacks }, () => {
      const leaf = Array.from({ length: 4 + whole(12) }, () => first + whole(stacks * 4));
      chains.push(Int32Array.of(...leaf, ...root));
      return chains.length - 1;
    });
  });
  const resources = Array.from({ length: processes }, (_, i) => ({
    'process.pid': 1_000 + i * 17,
    'process.executable.name': `program${i % PROGRAMS}`,
    'process.executable.path': `/usr/bin/program${i % PROGRAMS}`,
    'service.name': `program${i % PROGRAMS}`,
    'host.name': 'node-1',
  }));
  const source = {
    frame: (id) => frames[id],
    stack: (id) => chains[id],
    resource: (id) => resources[id],
    name: (id) => `worker-${id}`,
  };
  return { source, programs, processes };
}

function batchOf({ source }) {
  const scope = { name: 'otel-profile', version: '0.1.0' };
  const kinds = otlp.profilerKinds(97);
  return new otlp.ProfileBatch({ source, kinds, scope, timeOriginNs: 1_795_262_983_000_000_000n });
}

function fill(batch, { programs, processes }, hz) {
  const random = generator(hz);
  const sample = { kind: 0, value: 1, labelsId: 0, linkId: 0 };
  for (let i = 0; i < hz * SECONDS * CPUS; i++) {
    const process = Math.floor(random() * processes);
    const chains = programs[process % PROGRAMS];
    sample.resourceId = process;
    sample.stackId = chains[Math.floor(random() ** 2 * chains.length)];
    sample.cpu = i % CPUS;
    sample.nameId = 1 + Math.floor(random() * 2);
    sample.threadId = 1_000 + process * 17 + sample.nameId;
    sample.timeNs = Math.floor(((i / CPUS) * 1e9) / hz + random() * 1e5);
    batch.add(sample);
  }
  return batch.sampleCount;
}

/** Least CPU of several rounds, microseconds a sample. */
function leastUs(count, work) {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / count);
  }
  return least;
}

/** As OTLP/JSON would have it, nearly: bytes and 64-bit numbers are text. */
function toJson(message) {
  return JSON.stringify(message, (_, value) => {
    if (typeof value === 'bigint') return value.toString();
    return ArrayBuffer.isView(value) ? Array.from(value, String) : value;
  });
}

function bench(title, world, hz) {
  const batch = batchOf(world);
  const count = fill(batch, world, hz);
  const requests = batch.encode();
  const type = otlp.OTLP_EXPORT_PROFILES_SERVICE_REQUEST;
  const messages = requests.map(({ bytes }) => otlp.decodeMessage(type, bytes));
  const level = otlp.LIMITS.compressionLevel;
  const bytes = (parts) => parts.reduce((sum, part) => sum + part.length, 0) / count;
  const zipped = (parts) => bytes(parts.map((part) => gzipSync(part, { level })));
  const wire = requests.map((request) => request.bytes);
  const json = messages.map(toJson);
  const collect = leastUs(count, () => fill(batch, world, hz) && batch.encode());
  const jsonUs = leastUs(count, () => messages.map(toJson));
  const row = (name, us, parts) => [
    name,
    `${us.toFixed(2)} µs`,
    `${(us / jsonUs).toFixed(2)} x`,
    `${bytes(parts).toFixed(1)} B`,
    `${zipped(parts).toFixed(1)} B`,
    `${(zipped(parts) / zipped(json)).toFixed(2)} x`,
  ];
  const tables = leastUs(count, () => messages.map((m) => otlp.encodeMessage(type, m)));
  const zip = leastUs(count, () => zipped(wire));
  printTable(`${title}: ${count} samples`, [
    ['', 'CPU a sample', 'of JSON', 'bytes a sample', 'gzipped', 'of JSON'],
    row('samples to bytes (ProfileBatch)', collect, wire),
    row('objects to bytes (tables)', tables, wire),
    row('objects to JSON', jsonUs, json),
  ]);
  const verdict = zipped(wire) <= WIRE_LIMIT ? 'met' : 'missed';
  console.log(`  gzip level ${level}: ${zip.toFixed(2)} µs a sample`);
  console.log(`  target: at most ${WIRE_LIMIT} bytes a sample on the wire: ${verdict}`);
}

bench('20 processes, 97 Hz, 5 s', host(20, 10), 97);
bench('20 processes, 1,000 Hz, 5 s', host(20, 10), 1_000);
bench('many call chains, 97 Hz, 5 s', host(20, 100), 97);
