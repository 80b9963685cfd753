// SPDX-License-Identifier: Apache-2.0
// Making and loading unwind tables against `readelf --debug-dump=frames-interp` side by side, see
// docs/unwind.md. `--compare FOLDER…` holds every row of every file there to readelf instead.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hasProgram, measure, printTable, ROOT } from './lib/measure.mjs';

const UNWIND = pathToFileURL(join(ROOT, 'packages/unwind/dist/index.js')).href;
const CORE = pathToFileURL(join(ROOT, 'packages/core/dist/index.js')).href;
const ROUNDS = 7;
const node = process.execPath;
const IMPORTS = `
import { openElf } from ${JSON.stringify(CORE)};
import { buildUnwindTable, UnwindTables } from ${JSON.stringify(UNWIND)};
`;
/** Makes the table as often as told: once is cold, with everything still to be compiled. */
const MAKE = `${IMPORTS}
for (let i = 0; i < Number(process.argv[3]); i++) {
  const elf = openElf(process.argv[2]);
  buildUnwindTable(elf);
  elf.source.close();
}
`;
const LOAD = `${IMPORTS}
const tables = new UnwindTables({ cacheFolder: process.argv[3] });
const table = await tables.tableFor(process.argv[2]);
if (table.path === undefined) process.exitCode = 1;
await tables.close();
`;

async function bench(file) {
  const scratch = mkdtempSync(join(tmpdir(), 'otelkit-bench-'));
  try {
    const scripts = { bare: IMPORTS, make: MAKE, load: LOAD };
    const paths = {};
    for (const [name, text] of Object.entries(scripts)) {
      paths[name] = join(scratch, `${name}.mjs`);
      writeFileSync(paths[name], text);
    }
    const cache = join(scratch, 'cache');
    spawnSync(node, [paths.load, file, cache]);
    const commands = [
      { name: 'node, library imported', argv: [node, paths.bare] },
      { name: 'table, cold', argv: [node, paths.make, file, '1'] },
      { name: 'table, five in one process', argv: [node, paths.make, file, '5'] },
      { name: 'table from the disk cache', argv: [node, paths.load, file, cache] },
      { name: 'readelf', argv: ['readelf', '--debug-dump=frames-interp', file] },
    ].filter(({ argv }) => argv[0].includes('/') || hasProgram(argv[0]));
    const results = await measure(commands, ROUNDS);
    const base = results.get('node, library imported').leastMs;
    const readelf = results.get('readelf')?.leastMs;
    const rows = [['', 'least CPU', 'beyond start', '/ readelf', 'peak RSS']];
    for (const [name, { leastMs, peakRssKiB }] of results) {
      const beyond = name === 'readelf' ? leastMs : leastMs - base;
      rows.push([
        name,
        `${leastMs.toFixed(0)} ms`,
        `${beyond.toFixed(0)} ms`,
        readelf === undefined ? '-' : `${(beyond / readelf).toFixed(2)} x`,
        `${(peakRssKiB / 1024).toFixed(0)} MiB`,
      ]);
    }
    printTable(file, rows);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function compare(folders) {
  const script = join(ROOT, 'packages/unwind/test/fixtures/compareFiles.ts');
  const argv = ['--import', 'tsx', script, ...folders];
  const cwd = join(ROOT, 'packages/unwind');
  return spawnSync(node, argv, { cwd, stdio: 'inherit' }).status ?? 1;
}

if (process.argv[2] === '--compare') {
  process.exitCode = compare(process.argv.slice(3));
} else {
  const files = [
    node,
    '/usr/lib/x86_64-linux-gnu/libLLVM-19.so',
    '/usr/lib/x86_64-linux-gnu/libc.so.6',
  ];
  for (const file of files.filter((path) => existsSync(path))) await bench(file);
}
