// SPDX-License-Identifier: Apache-2.0
// The agent as a process that costs something: a collector that counts, and what /proc tells.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../packages/otel-profile/bin/run.js', import.meta.url));

/** A collector that takes everything: times and sizes of what came. */
export async function openCollector() {
  const requests = [];
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on('data', (chunk) => {
      bytes += chunk.length;
    });
    request.on('end', () => {
      requests.push({ atMs: performance.now(), bytes });
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { requests, port: server.address().port, close: () => server.close() };
}

/** Starts the agent; `--metrics-listen` tells what it saw. */
export async function startAgent(port, hz) {
  const startMs = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...[PROGRAM, `--collection-agent=127.0.0.1:${port}`, '--protocol', 'http/protobuf'],
      ...['--spill-folder', 'off', '--metrics-listen', '127.0.0.1:0', '-v', '-F', `${hz}`],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let talk = '';
  let samplingMs;
  child.stderr.on('data', (chunk) => {
    talk += chunk;
    if (talk.includes('sampling at')) samplingMs ??= performance.now() - startMs;
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  while (!/served at \S+\/metrics|otel-profile:/.test(talk)) {
    if (child.exitCode !== null) throw new Error(talk);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const address = /served at (\S+)/.exec(talk)?.[1];
  return {
    child,
    startMs,
    samplingMs: () => samplingMs,
    talk: () => talk,
    figures: async () => parseFigures(await (await fetch(`http://${address}`)).text()),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function parseFigures(text) {
  const figures = {};
  for (const line of text.split('\n')) {
    const match = /^([a-z_]+(?:\{[^}]*\})?) (\S+)$/.exec(line);
    if (match !== null) figures[match[1]] = Number(match[2]);
  }
  return figures;
}

/** A process and those below it. */
export function processTree(pid) {
  const found = [pid];
  for (let i = 0; i < found.length; i++) {
    try {
      for (const thread of readdirSync(`/proc/${found[i]}/task`)) {
        const text = readFileSync(`/proc/${found[i]}/task/${thread}/children`, 'latin1');
        found.push(
          ...text
            .split(' ')
            .filter((word) => word !== '')
            .map(Number),
        );
      }
    } catch {
      // It has ended.
    }
  }
  return found;
}

/** CPU seconds and memory of a tree. */
export function costOf(pid) {
  let [cpuSeconds, rssMb, peakMb] = [0, 0, 0];
  for (const one of processTree(pid)) {
    try {
      const stat = readFileSync(`/proc/${one}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      cpuSeconds += (Number(fields[11]) + Number(fields[12])) / 100;
      const status = readFileSync(`/proc/${one}/status`, 'latin1');
      const kb = (key) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
      rssMb += kb('VmRSS') / 1024;
      peakMb += kb('VmHWM') / 1024;
    } catch {
      // It has ended.
    }
  }
  return { cpuSeconds, rssMb, peakMb };
}

/** Nanoseconds and runs of the perf_event programs (kernel.bpf_stats_enabled) of a tree. */
export function bpfCostOf(pid) {
  const seen = new Map();
  for (const one of processTree(pid)) {
    let names = [];
    try {
      names = readdirSync(`/proc/${one}/fdinfo`);
    } catch {
      continue;
    }
    for (const name of names) {
      let text = '';
      try {
        text = readFileSync(`/proc/${one}/fdinfo/${name}`, 'latin1');
      } catch {
        continue;
      }
      const value = (key) => new RegExp(`^${key}:\\s*(\\S+)`, 'm').exec(text)?.[1];
      const id = value('prog_id');
      if (id === undefined || value('link_type') !== undefined) continue;
      seen.set(id, { ns: Number(value('run_time_ns') ?? 0), runs: Number(value('run_cnt') ?? 0) });
    }
  }
  let [ns, runs] = [0, 0];
  for (const one of seen.values()) {
    ns += one.ns;
    runs += one.runs;
  }
  return { ns, runs };
}
