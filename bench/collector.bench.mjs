// SPDX-License-Identifier: Apache-2.0
// The collector with a day of 16 cores at 20 Hz (27.6 million samples, 50,000 stacks): how fast it
// takes them over HTTP, how large they are, how soon any range is drawn, and the memory of its process;
// the targets beside.
// Run: npm run bench -- collector [hours] [flat], or `agents` for ten of them at 1,000 Hz at once; `flat` makes nearly every stack of a request new to it.
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { agentRequests, CORES, HZ, repeatedRequests } from './lib/collectorLoad.mjs';
import { loadOtlp, post, startCollector } from './lib/collectorProcess.mjs';
import { ROOT } from './lib/measure.mjs';

const TICKS_A_SECOND = 100;
const IS_MANY = process.argv[2] === 'agents';
const AGENTS = 10;
const AGENT_HZ = 1_000;
const AGENT_SECONDS = 60;
const IS_FLAT = process.argv[3] === 'flat';

function line(what, value, target) {
  console.log(`${what.padEnd(52)} ${String(value).padStart(20)}   ${target}`);
}

/** CPU seconds of a process, and the most memory it had (proc(5): stat, status). */
function costOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').pop().split(' ');
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { cpuSeconds: ticks / TICKS_A_SECOND, peakMb: (Number(peak[1]) * 1_024) / 1e6 };
}

async function main() {
  const hours = Number(process.argv[2] ?? 24);
  if (!existsSync(join(ROOT, 'packages/otel-profile/dist'))) {
    console.log('skip: the packages are not built, run: npm run build');
    return;
  }
  const otlp = await loadOtlp();
  const folder = mkdtempSync(join(tmpdir(), 'otel-collector-bench-'));
  const { child, url, end } = await startCollector(folder);
  try {
    if (IS_MANY) await sendAtOnce(otlp, url, child.pid);
    else {
      await send(otlp, url, child.pid, folder, hours);
      await ask(url, hours, child.pid);
    }
    const { peakMb } = costOf(child.pid);
    line('memory, most (collector, store and page), MB', Math.round(peakMb), '400');
  } finally {
    await end();
  }
}

/** A minute of ten agents as fast as it is taken, each one's requests one after the other. */
async function sendAtOnce(otlp, url, pid) {
  const startMs = Date.now() - AGENT_SECONDS * 1_000;
  // All are made first: a connection that waits for a request to be made is closed after a while.
  const made = Array.from({ length: AGENTS }, (_, i) => [
    ...agentRequests(otlp, `host-${i}`, startMs, AGENT_HZ, AGENT_SECONDS),
  ]);
  const before = costOf(pid).cpuSeconds;
  const from = performance.now();
  const agents = made.map(async (requests) => {
    let sent = 0;
    for (const { body, sampleCount } of requests) {
      await post(url, body);
      sent += sampleCount;
    }
    return sent;
  });
  const counts = await Promise.all(agents);
  const sent = counts.reduce((sum, count) => sum + count, 0);
  await setTimeout(2_000);
  const spent = costOf(pid).cpuSeconds - before;
  const took = (performance.now() - from) / 1_000;
  const status = await (await fetch(new URL('/api/status', url))).json();
  console.log(`${AGENTS} agents at ${AGENT_HZ} Hz for ${AGENT_SECONDS} s, as fast as they can\n`);
  line('samples sent', sent, '');
  line('samples kept', status.sampleCount, 'all');
  line('seconds until all were written', took.toFixed(1), `${AGENT_SECONDS}`);
  line('seconds of CPU', spent.toFixed(1), '');
  line('samples taken a second of CPU', Math.round(sent / spent), `${AGENTS * AGENT_HZ}`);
  line('lost', status.losses.map(({ text }) => text).join(', ') || 'nothing', 'nothing');
}

/** Requests as agents send them, one after the other, and what taking them costs. */
async function send(otlp, url, pid, folder, hours) {
  const seconds = Math.round(hours * 3_600);
  const startMs = Date.now() - seconds * 1_000;
  const before = costOf(pid).cpuSeconds;
  const from = performance.now();
  let [samples, wire, packed, requests] = [0, 0, 0, 0];
  for (const { body, size, sampleCount } of repeatedRequests(otlp, startMs, seconds, IS_FLAT)) {
    await post(url, body);
    samples += sampleCount;
    wire += size;
    packed += body.length;
    requests++;
  }
  // What was taken is written within a second.
  await setTimeout(2_000);
  const { cpuSeconds, peakMb } = costOf(pid);
  const spent = cpuSeconds - before;
  const took = ((performance.now() - from) / 1_000).toFixed(0);
  console.log(`${hours} hours of ${CORES} cores at ${HZ} Hz: ${samples} samples in ${requests}`);
  console.log(`requests, ${took} s; wire, gunzip and store included\n`);
  line('samples taken a second of CPU', Math.round(samples / spent), '50000');
  line('bytes of a sample on the wire, packed', (packed / samples).toFixed(1), '');
  line('the same unpacked', (wire / samples).toFixed(1), '');
  const size = sizeOf(folder);
  line('store, MB', (size / 1e6).toFixed(1), '500 for a day');
  line('bytes of a sample in the store', (size / samples).toFixed(2), '18');
  line('memory while taking them, MB', Math.round(peakMb), '400');
}

function sizeOf(folder) {
  return readdirSync(folder)
    .filter((name) => name.startsWith('profiles.duckdb'))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

async function ask(url, hours, pid) {
  const nowMs = Date.now();
  const within = Math.min(hours, 1) * 3_600_000;
  const questions = [
    ['call tree of 15 minutes', `graph?from=${nowMs - 900_000}&to=${nowMs}`, 500],
    ['call tree of an hour', `graph?from=${nowMs - within}&to=${nowMs}`, 500],
    ['call tree of everything', 'graph', 500],
    ['call tree of everything of one service', 'graph?service=service3', 500],
    ['timeline of everything, by service', 'timeline?buckets=400&by=service', 500],
    ['top functions of everything, with sparklines', 'top', 500],
    ['facets of everything', 'facets', 500],
    ['heat map of 15 minutes', `heatmap?from=${nowMs - 900_000}&to=${nowMs}`, 500],
  ];
  console.log('\nms: first, least of 5; of CPU in ticks of 10: first, least');
  for (const [what, query, target] of questions) {
    const times = [];
    const spent = [];
    for (let i = 0; i < 5; i++) {
      const before = costOf(pid).cpuSeconds;
      const from = performance.now();
      const response = await fetch(new URL(`/api/${query}`, url));
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${query}: ${response.status}`);
      times.push(performance.now() - from);
      spent.push(Math.round(1_000 * (costOf(pid).cpuSeconds - before)));
    }
    const least = Math.round(Math.min(...times));
    const cpu = `${spent[0]}, ${Math.min(...spent)}`;
    line(what, `${Math.round(times[0])}, ${least}; ${cpu}`, target);
  }
}

await main();
