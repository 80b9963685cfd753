// SPDX-License-Identifier: Apache-2.0
// Listing all symbols, and finding addresses, against binutils side by side. See docs/symbols.md.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hasProgram, measure, printTable, ROOT } from './lib/measure.mjs';

const CLI = join(ROOT, 'packages/otel-elf/bin/run.js');
const CORE = pathToFileURL(join(ROOT, 'packages/core/dist/index.js')).href;
const ROUNDS = 7;
const LOOK_UPS = 100_000;
const node = process.execPath;

/** Reads a table, builds the index and looks addresses up, all in a process of its own. */
const INDEX = `
import { openElf, readSymbolTable, AddressIndex } from ${JSON.stringify(CORE)};
const elf = openElf(process.argv[2]);
const table = readSymbolTable(elf, 'symtab') ?? readSymbolTable(elf, 'dynsym');
const index = new AddressIndex(elf, table);
let found = 0;
for (let i = 0; i < Number(process.argv[3]); i++) {
  if (index.symbolAt(table.value.at(1 + ((i * 7919) % (table.count - 1)))) !== undefined) found++;
}
process.stdout.write(String(found));
`;

/** Starts and imports as the above, and does nothing. */
const BARE = `import ${JSON.stringify(CORE)};`;

async function bench(title, file) {
  const scratch = mkdtempSync(join(tmpdir(), 'otelkit-bench-'));
  try {
    const index = join(scratch, 'index.mjs');
    const bare = join(scratch, 'bare.mjs');
    writeFileSync(index, INDEX);
    writeFileSync(bare, BARE);
    const commands = [
      { name: 'node, library imported', argv: [node, bare] },
      { name: 'table and index', argv: [node, index, file, '0'] },
      { name: `… and ${LOOK_UPS} look-ups`, argv: [node, index, file, String(LOOK_UPS)] },
      { name: 'otel-elf symbols', argv: [node, CLI, 'symbols', file] },
      { name: 'otel-elf symbols --ndjson', argv: [node, CLI, 'symbols', '--ndjson', file] },
      { name: 'readelf -sW', argv: ['readelf', '-sW', file] },
      { name: 'nm -an', argv: ['nm', '-an', file] },
    ].filter(({ argv }) => argv[0].includes('/') || hasProgram(argv[0]));
    const results = await measure(commands, ROUNDS);
    const base = results.get('node, library imported').leastMs;
    const readelf = results.get('readelf -sW')?.leastMs;
    const rows = [['', 'least CPU', 'beyond start', '/ readelf -sW', 'peak RSS']];
    for (const [name, { leastMs, peakRssKiB }] of results) {
      const isOurs = commands.find((command) => command.name === name).argv[0] === node;
      const beyond = isOurs ? leastMs - base : leastMs;
      rows.push([
        name,
        `${leastMs.toFixed(0)} ms`,
        `${beyond.toFixed(0)} ms`,
        readelf === undefined ? '-' : `${(beyond / readelf).toFixed(2)} x`,
        `${(peakRssKiB / 1024).toFixed(0)} MiB`,
      ]);
    }
    printTable(title, rows);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function symbolCount(file) {
  const text = execFileSync(node, [CLI, 'symbols', '--ndjson', file], { maxBuffer: 1 << 30 });
  return text.toString('latin1').split('\n').length - 1;
}

const files = [
  node,
  '/usr/lib/x86_64-linux-gnu/libLLVM-19.so',
  '/usr/lib/x86_64-linux-gnu/libLLVM-14.so.1',
];
for (const file of files.filter((path) => existsSync(path))) {
  await bench(`${file}: ${symbolCount(file)} symbols in all tables`, file);
}
