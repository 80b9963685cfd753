// SPDX-License-Identifier: Apache-2.0
// What otel-elf costs, each figure a ratio to tools run side by side. See docs/performance.md.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasProgram, measure, printTable, ROOT } from './lib/measure.mjs';

const CLI = join(ROOT, 'packages/otel-elf/bin/run.js');
const ROUNDS_SMALL = 21;
const ROUNDS_LARGE = 7;
const MANY_FILES = 1035;

const node = process.execPath;
const second = join(ROOT, `.toolchain/node24/node_modules/node-linux-${process.arch}/bin/node`);
const ms = (value) => `${value.toFixed(1)} ms`;
const times = (value) => `${value.toFixed(2)} x`;
const mib = (kib) => `${(kib / 1024).toFixed(0)} MiB`;

/** Commands that exist here, of those that do comparable work. */
function present(commands) {
  return commands.filter(({ argv }) => argv[0].includes('/') || hasProgram(argv[0]));
}

async function oneBinary(title, file, runtime, target, rounds = ROUNDS_SMALL) {
  const commands = present([
    { name: 'node -e 0', argv: [runtime, '-e', '0'] },
    { name: 'otel-elf inspect', argv: [runtime, CLI, 'inspect', file] },
    { name: 'readelf -hldVn', argv: ['readelf', '-hldVnW', file] },
    { name: 'checksec', argv: ['checksec', `--file=${file}`] },
    { name: 'lddtree', argv: ['lddtree', file] },
  ]);
  const results = await measure(commands, rounds);
  const bare = results.get('node -e 0');
  const rows = [['', 'median', 'least', 'ratio of medians', 'of the least', 'peak RSS']];
  for (const [name, r] of results) {
    const ratio = times(r.medianMs / bare.medianMs);
    const least = times(r.leastMs / bare.leastMs);
    rows.push([name, ms(r.medianMs), ms(r.leastMs), ratio, least, mib(r.peakRssKiB)]);
  }
  const ours = results.get('otel-elf inspect');
  printTable(`${title} (target ${target})`, rows);
  console.log(`  above a bare Node: ${mib(ours.peakRssKiB - bare.peakRssKiB)}`);
}

function bytesRead(file) {
  if (!hasProgram('strace')) return console.log('  bytes read: not measured, strace is missing');
  const log = join(scratch, 'strace.txt');
  const argv = [
    '-f',
    '-qq',
    '-e',
    'trace=openat,pread64,close',
    '-o',
    log,
    node,
    CLI,
    'inspect',
    file,
  ];
  execFileSync('strace', argv, { stdio: 'ignore' });
  const total = execFileSync('awk', ['/pread64/ { sum += $NF } END { print sum + 0 }', log]);
  console.log(
    `  bytes read of the file: ${(Number(total) / 1048576).toFixed(2)} MiB (target < 2 MiB)`,
  );
}

/** The first ELF files of this host, by name. */
function systemElfFiles() {
  const files = [];
  for (const folder of ['/usr/bin', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu']) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      if (files.length < MANY_FILES && lstatSync(path).isFile() && isElf(path)) files.push(path);
    }
  }
  return files;
}

function isElf(path) {
  const magic = Buffer.alloc(4);
  const fd = openSync(path, 'r');
  readSync(fd, magic, 0, 4, 0);
  closeSync(fd);
  return magic.toString('latin1') === '\x7fELF';
}

async function manyFiles(title, runtime) {
  const files = systemElfFiles();
  const list = join(scratch, 'files');
  writeFileSync(list, files.join('\0'));
  const xargs = (...argv) => ['xargs', '-0', '-n', '100000', '-a', list, ...argv];
  const commands = present([
    { name: 'node -e 0', argv: [runtime, '-e', '0'] },
    { name: 'otel-elf scan', argv: xargs(runtime, CLI, 'scan') },
    { name: 'otel-elf scan --ndjson', argv: xargs(runtime, CLI, 'scan', '--ndjson') },
    { name: 'readelf', argv: xargs('readelf', '-hldnW') },
    ...(hasProgram('scanelf') ? [{ name: 'scanelf', argv: xargs('scanelf', '-a') }] : []),
    ...(hasProgram('eu-readelf')
      ? [{ name: 'eu-readelf', argv: xargs('eu-readelf', '-hldn') }]
      : []),
    { name: 'file', argv: xargs('file') },
  ]);
  const results = await measure(commands, ROUNDS_LARGE);
  const bare = results.get('node -e 0');
  const readelf = results.get('readelf');
  const rows = [['', 'least CPU', 'beyond Node / readelf', 'peak RSS']];
  for (const [name, r] of results) {
    const isOurs = name.startsWith('otel-elf');
    const beyond = isOurs ? r.leastMs - bare.leastMs : r.leastMs;
    rows.push([name, ms(r.leastMs), times(beyond / readelf.leastMs), mib(r.peakRssKiB)]);
  }
  printTable(`${files.length} ${title} (target <= 2 x readelf, <= 100 MiB)`, rows);
}

async function processes(runtime, count) {
  const children = [];
  const { spawn } = await import('node:child_process');
  for (let i = 0; i < count; i++) children.push(spawn('sleep', ['600'], { stdio: 'ignore' }));
  try {
    const commands = [
      { name: 'node -e 0', argv: [runtime, '-e', '0'] },
      { name: 'otel-elf scan --proc', argv: [runtime, CLI, 'scan', '--proc'] },
    ];
    const results = await measure(commands, 3);
    const bare = results.get('node -e 0');
    const ours = results.get('otel-elf scan --proc');
    printTable(`scan --proc with ${count} more processes (target <= 1000 ms)`, [
      ['', 'least CPU', 'beyond Node', 'peak RSS'],
      ['otel-elf', ms(ours.leastMs), ms(ours.leastMs - bare.leastMs), mib(ours.peakRssKiB)],
    ]);
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

const scratch = mkdtempSync(join(tmpdir(), 'otelkit-bench-'));
try {
  console.log(`Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`);
  await oneBinary('One small binary, whole process', '/bin/true', node, '<= 1.5 x node -e 0');
  const target = '<= 1.5 x node -e 0, <= 25 MiB above it';
  await oneBinary("Node's own binary", node, node, target, ROUNDS_LARGE);
  bytesRead(node);
  if (existsSync(second)) {
    await oneBinary('One small binary on the second Node', '/bin/true', second, '<= 1.35 x');
  }
  await manyFiles('files of this host', node);
  if (existsSync(second)) await manyFiles('files of this host on the second Node', second);
  await processes(node, 1000);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
