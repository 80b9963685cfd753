// SPDX-License-Identifier: Apache-2.0
// Names for addresses: reading a file's symbols, and 100,000 look-ups, against nm and llvm-symbolizer
// side by side; lines and inlined calls of 1,000 addresses from 20 MB of DWARF. See
// packages/symbols/README.md.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hasProgram, measure, printTable, ROOT } from './lib/measure.mjs';

const SYMBOLS = pathToFileURL(join(ROOT, 'packages/symbols/dist/index.js')).href;
const CORE = pathToFileURL(join(ROOT, 'packages/core/dist/index.js')).href;
/** Not part of the package's face: Go's lines come from its own tables. */
const LINES = pathToFileURL(join(ROOT, 'packages/symbols/dist/dwarf/dwarfLines.js')).href;
const ROUNDS = 3;
const LINE_LOOK_UPS = 1_000;
const LOOK_UPS = 100_000;
const node = process.execPath;

/** Spread over the executable sections: most are different functions. */
const ADDRESSES = `
function addresses(elf, count) {
  const sections = elf.sections.filter((s) => s.type === 1 && (s.flags & 4) !== 0);
  const total = sections.reduce((sum, s) => sum + s.sizeBytes, 0);
  const result = new Float64Array(count);
  let seed = 1;
  for (let i = 0; i < count; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    let offset = Math.floor((seed / 4294967296) * total);
    for (const s of sections) {
      if (offset < s.sizeBytes) { result[i] = Number(s.addr) + offset; break; }
      offset -= s.sizeBytes;
    }
  }
  return result;
}`;

const FILE = `
import { openElf } from ${JSON.stringify(CORE)};
import { openFileSymbols } from ${JSON.stringify(SYMBOLS)};
${ADDRESSES}
const path = process.argv[2];
const elf = openElf(path);
const list = addresses(elf, Number(process.argv[3]));
const symbols = openFileSymbols(elf, { path, root: '' });
let named = 0;
for (const address of list) if (symbols.resolve(address).length > 0) named++;
process.stdout.write(String(named));
`;

/** Cold, then the same again and again; their times on stdout. */
const DWARF = `
import { openElf } from ${JSON.stringify(CORE)};
import { findDwarfModule } from ${JSON.stringify(SYMBOLS)};
import { DwarfLines } from ${JSON.stringify(LINES)};
${ADDRESSES}
const path = process.argv[2];
const elf = openElf(path);
const list = addresses(elf, Number(process.argv[3]));
const lines = new DwarfLines(findDwarfModule(${JSON.stringify(SYMBOLS.slice(7))}), elf, { path, root: '' });
let frames = 0;
for (const address of list) frames += lines.framesAt(address).length;
const times = [];
for (let i = 0; i < ${ROUNDS}; i++) {
  const before = process.cpuUsage();
  for (const address of list) lines.framesAt(address);
  const { user, system } = process.cpuUsage(before);
  times.push((user + system) / 1000);
}
const again = times.map((time) => time.toFixed(1)).join(', ');
process.stdout.write(frames + ' frames, again in ' + again + ' ms\\n');
`;

const KERNEL = `
import { KernelSymbols } from ${JSON.stringify(SYMBOLS)};
const kernel = new KernelSymbols();
const [image] = kernel.modules;
let named = 0;
for (let i = 0; i < Number(process.argv[2]); i++) {
  const address = image.start + Math.floor(((i * 7919) % 1000003) * (image.end - image.start) / 1000003);
  if (kernel.resolve(address) !== undefined) named++;
}
process.stdout.write(String(named));
`;

/** Starts and imports as the above, and does nothing. */
const BARE = `import ${JSON.stringify(SYMBOLS)};`;

async function bench(title, scripts, commands, reference) {
  const scratch = mkdtempSync(join(tmpdir(), 'otelkit-bench-'));
  try {
    const paths = new Map();
    for (const [name, text] of Object.entries(scripts)) {
      paths.set(name, join(scratch, `${name}.mjs`));
      writeFileSync(paths.get(name), text);
    }
    const known = commands(paths, scratch).filter(
      ({ argv }) => argv[0].includes('/') || hasProgram(argv[0]),
    );
    const results = await measure(known, ROUNDS);
    const base = results.get('node, library imported').leastMs;
    const theirs = results.get(reference)?.leastMs;
    const rows = [['', 'least CPU', 'beyond start', `/ ${reference}`, 'peak RSS']];
    for (const [name, { leastMs, peakRssKiB }] of results) {
      const isOurs = known.find((command) => command.name === name).argv[0] === node;
      const beyond = isOurs ? leastMs - base : leastMs;
      rows.push([
        name,
        `${leastMs.toFixed(0)} ms`,
        `${beyond.toFixed(0)} ms`,
        theirs === undefined ? '-' : `${(beyond / theirs).toFixed(2)} x`,
        `${(peakRssKiB / 1024).toFixed(0)} MiB`,
      ]);
    }
    printTable(title, rows);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The same addresses as text, in a script that feeds llvm-symbolizer. */
async function addressFile(scratch, file, count = LOOK_UPS) {
  const { openElf } = await import(CORE);
  const addresses = new Function(`${ADDRESSES}; return addresses;`)();
  const elf = openElf(file);
  const text = [...addresses(elf, count)].map((address) => `0x${address.toString(16)}\n`);
  elf.source.close();
  const path = join(scratch, 'addresses');
  writeFileSync(path, text.join(''));
  return path;
}

const LLVM = ['19', '14'].map((version) => `/usr/lib/x86_64-linux-gnu/libLLVM-${version}.so`);
const files = [
  node,
  LLVM.find((path) => existsSync(path)),
  '/lib/x86_64-linux-gnu/libc.so.6',
  '/usr/local/go/bin/go',
];
async function benchFiles() {
  for (const file of files.filter((path) => path !== undefined && existsSync(path))) {
    const scratch = mkdtempSync(join(tmpdir(), 'otelkit-bench-'));
    try {
      const input = await addressFile(scratch, file);
      const llvm = (list) => [
        'sh',
        '-c',
        `llvm-symbolizer-19 --no-demangle -e "$0" <"$1"`,
        file,
        list,
      ];
      await bench(
        file,
        { file: FILE, bare: BARE },
        (paths) => [
          { name: 'node, library imported', argv: [node, paths.get('bare')] },
          { name: 'symbols read', argv: [node, paths.get('file'), file, '0'] },
          {
            name: `… and ${LOOK_UPS} look-ups`,
            argv: [node, paths.get('file'), file, String(LOOK_UPS)],
          },
          { name: 'nm -an', argv: ['nm', '-an', file] },
          { name: `llvm-symbolizer, ${LOOK_UPS}`, argv: llvm(input) },
        ],
        `llvm-symbolizer, ${LOOK_UPS}`,
      );
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
}

/** Go's compiler: the largest program with debug information that can be made here in a minute. */
async function benchLines() {
  const scratch = mkdtempSync(join(tmpdir(), 'otelkit-bench-'));
  try {
    const file = join(scratch, 'compile');
    const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-ldflags=-compressdwarf=false' };
    const built = spawnSync('go', ['build', '-o', file, 'cmd/compile'], { env, cwd: scratch });
    if (built.status !== 0) {
      console.log('skip: lines: go build cmd/compile, install with: https://go.dev/doc/install');
      return;
    }
    const input = await addressFile(scratch, file, LINE_LOOK_UPS);
    const reference = `llvm-symbolizer, ${LINE_LOOK_UPS}`;
    await bench(
      `DWARF of ${file}`,
      { dwarf: DWARF, bare: BARE },
      (paths) => [
        { name: 'node, library imported', argv: [node, paths.get('bare')] },
        {
          name: `${LINE_LOOK_UPS} cold addresses`,
          argv: [node, paths.get('dwarf'), file, String(LINE_LOOK_UPS)],
        },
        {
          name: reference,
          argv: ['sh', '-c', 'llvm-symbolizer-19 --no-demangle -e "$0" <"$1"', file, input],
        },
      ],
      reference,
    );
    const script = join(scratch, 'again.mjs');
    writeFileSync(script, DWARF);
    const again = spawnSync(node, [script, file, String(LINE_LOOK_UPS)], { encoding: 'utf8' });
    console.log(again.stdout || again.stderr);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (process.env['OTELKIT_BENCH_ONLY'] !== 'lines') await benchFiles();
await benchLines();
await bench(
  '/proc/kallsyms',
  { kernel: KERNEL, bare: BARE },
  (paths) => [
    { name: 'node, library imported', argv: [node, paths.get('bare')] },
    { name: 'kallsyms read', argv: [node, paths.get('kernel'), '0'] },
    { name: `… and ${LOOK_UPS} look-ups`, argv: [node, paths.get('kernel'), String(LOOK_UPS)] },
    { name: 'cat', argv: ['cat', '/proc/kallsyms'] },
  ],
  'cat',
);
