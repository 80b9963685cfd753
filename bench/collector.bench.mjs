// SPDX-License-Identifier: Apache-2.0
// The collector with a day of 16 cores at 20 Hz (27.6 million samples, 50,000 stacks): how fast it
// takes them, how large they are, how soon any range is drawn, and its memory; the targets beside.
// Run: npm run bench -- collector [hours]
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const load = (name) => import(pathToFileURL(join(ROOT, 'packages', name, 'dist/index.js')).href);

const CORES = 16;
const HZ = 20;
const STACKS = 50_000;
const FRAMES = 20_000;
const PROCESSES = 200;
/** A request of an agent: five seconds. */
const REQUEST_SECONDS = 5;

/** The same numbers in each run. */
function randoms(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Stacks of 10 to 50 frames that share their outer halves, as those of programs do. */
function makeStacks(random) {
  const stacks = [];
  for (let i = 0; i < STACKS; i++) {
    const stem = stacks.length > 0 ? stacks[Math.floor(stacks.length * random())] : [];
    const shared = stem.slice(Math.floor(stem.length * random()));
    const own = Array.from({ length: 5 + Math.floor(20 * random()) }, () =>
      Math.floor(FRAMES * random() ** 2),
    );
    stacks.push(Int32Array.from([...own, ...shared].slice(0, 50)));
  }
  return stacks;
}

function makeBatch({ ProfileBatch, profilerKinds }, stacks, startMs) {
  const mappings = Array.from({ length: 40 }, (_, i) => ({
    fileName: `/usr/lib/lib${i}.so`,
    buildIdGnu: String(i).padStart(40, '0'),
  }));
  return new ProfileBatch({
    source: {
      frame: (id) => ({
        kind: id % 7 === 0 ? 'kernel' : 'native',
        mapping: mappings[id % mappings.length],
        address: 0x1000 + 16 * id,
        functionName: `some::name_space::function_${id}(std::string const&)`,
        fileName: `src/file_${id % 500}.cc`,
        line: id % 1_000,
      }),
      stack: (id) => stacks[id],
      resource: (id) => ({
        'process.pid': id,
        'process.executable.name': `program${id % 30}`,
        'service.name': `service${id % 10}`,
      }),
      name: (id) => `thread-${id}`,
    },
    kinds: profilerKinds(HZ),
    scope: { name: 'bench', version: '1' },
    timeOriginNs: BigInt(startMs) * 1_000_000n,
    maxRequestBytes: 32 * 1_048_576,
  });
}

/** Samples of some seconds: few stacks have most of them. */
function fill(batch, random, fromSecond, seconds) {
  const sample = { kind: 0, value: 1, labelsId: 0, linkId: 0 };
  for (let i = 0; i < seconds * CORES * HZ; i++) {
    const process = 1 + Math.floor(PROCESSES * random() ** 2);
    sample.stackId = Math.floor(STACKS * random() ** 2);
    sample.resourceId = process;
    sample.threadId = process * 10 + Math.floor(4 * random());
    sample.nameId = 1 + (sample.threadId % 64);
    sample.cpu = i % CORES;
    sample.timeNs = (fromSecond + i / (CORES * HZ)) * 1e9;
    batch.add(sample);
  }
}

function line(what, value, target) {
  console.log(`${what.padEnd(52)} ${String(value).padStart(12)}   ${target}`);
}

async function main() {
  const hours = Number(process.argv[2] ?? 24);
  if (!existsSync(join(ROOT, 'packages/collector/dist/index.js'))) {
    console.log('skip: the packages are not built, run: npm run build');
    return;
  }
  const [collectorLib, otlp, profiles] = await Promise.all(
    ['collector', 'otlp', 'profiles'].map(load),
  );
  const folder = mkdtempSync(join(tmpdir(), 'otel-collector-bench-'));
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  }, 50);
  try {
    await run(collectorLib, otlp, profiles, folder, hours);
  } finally {
    clearInterval(watch);
    rmSync(folder, { recursive: true, force: true });
  }
  line('memory, most (collector, store and this bench), MB', Math.round(peakBytes / 1e6), '400');
}

async function run(collectorLib, otlp, { readOtlpProfiles }, folder, hours) {
  const { Collector } = collectorLib;
  const collector = await Collector.start({
    host: '127.0.0.1',
    port: 0,
    folder,
    token: undefined,
    requireTokenForData: false,
    names: [],
    toolVersion: 'bench',
    mode: 'live',
    title: 'bench',
    pageFolder: undefined,
    retention: { ageMs: 1e12, bytes: Number.POSITIVE_INFINITY },
    onProblem: (message) => console.log(message),
  });
  const { store } = collector;
  const random = randoms(1);
  const startMs = Date.now() - hours * 3_600_000;
  const batch = makeBatch(otlp, makeStacks(random), startMs);
  const seconds = Math.round(hours * 3_600);
  let samples = 0;
  let wire = 0;
  const spent = { user: 0, system: 0 };
  for (let second = 0; second < seconds; ) {
    // Larger than an agent's requests for most of it: making them takes longer than taking them.
    const piece = second < 300 ? REQUEST_SECONDS : 120;
    fill(batch, random, second, piece);
    const time = { startNs: 0n, endNs: 0n };
    for (const { bytes, sampleCount } of batch.encode(time)) {
      const before = process.cpuUsage();
      const request = otlp.decodeProfilesRequest(bytes);
      store.ingest(readOtlpProfiles(request).profile, 'bench');
      await store.flush();
      const used = process.cpuUsage(before);
      spent.user += used.user;
      spent.system += used.system;
      samples += sampleCount;
      wire += bytes.length;
    }
    second += piece;
  }
  const cpuSeconds = (spent.user + spent.system) / 1e6;
  console.log(`${hours} hours of ${CORES} cores at ${HZ} Hz: ${samples} samples\n`);
  line('samples taken a second of CPU', Math.round(samples / cpuSeconds), '50000');
  line('bytes of a sample on the wire', (wire / samples).toFixed(1), '');
  await store.maintain((connection) => connection.run('CHECKPOINT'));
  const { size } = statSync(join(folder, 'profiles.duckdb'));
  line('store, MB', (size / 1e6).toFixed(1), `500 for a day`);
  line('bytes of a sample in the store', (size / samples).toFixed(2), '18');
  const nowMs = startMs + hours * 3_600_000;
  const questions = [
    ['call tree of 15 minutes', `graph?from=${nowMs - 900_000}&to=${nowMs}`, 500],
    ['call tree of an hour', `graph?from=${nowMs - 3_600_000}&to=${nowMs}`, 500],
    ['call tree of everything', 'graph', 500],
    ['call tree of everything of one service', 'graph?service=service3', 500],
    ['timeline of everything, by service', 'timeline?buckets=400&by=service', 500],
    ['top functions of everything, with sparklines', 'top', 500],
    ['facets of everything', 'facets', 500],
    ['heat map of 15 minutes', `heatmap?from=${nowMs - 900_000}&to=${nowMs}`, 500],
  ];
  for (const [what, query, target] of questions) {
    const times = [];
    for (let i = 0; i < 3; i++) {
      const from = performance.now();
      const response = await fetch(new URL(`/api/${query}`, collector.url));
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${query}: ${response.status}`);
      times.push(performance.now() - from);
    }
    line(`${what}, ms`, Math.round(Math.min(...times)), target);
  }
  await collector.close();
}

await main();
