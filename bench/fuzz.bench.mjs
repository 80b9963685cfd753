// SPDX-License-Identifier: Apache-2.0
// A million damaged files through the library, in one process: `npm run bench -- fuzz [count]`.
// Prints throughput, the slowest input and the peak memory; what breaks a rule is written to
// packages/core/test/crashers as text, where the tests find it from then on.
// OTELKIT_FUZZ_SEED=n starts at another seed: the same count from the same seed is the same run.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

register();
const core = new URL('../packages/core/', import.meta.url);
const { smallCorpus } = await import(new URL('test/fixtures/smallCorpus.ts', core).href);
const { mutated } = await import(new URL('test/fixtures/mutate.ts', core).href);
const { verdict } = await import(new URL('test/fixtures/judge.ts', core).href);
const built = await import(new URL('dist/index.js', core).href);
const library = { ...built, readers: [allSymbols, allRelocations, allSections, goTable, debug] };

const DEFAULT_COUNT = 1_000_000;
const REPORT_EVERY_MS = 5_000;
const SLOW_MS = 1_000;
const count = Number(process.argv[2] ?? DEFAULT_COUNT);
const firstSeed = Number(process.env['OTELKIT_FUZZ_SEED'] ?? 1);

const corpus = smallCorpus();
const corpusBytes = corpus.reduce((sum, file) => sum + file.length, 0);
console.log(
  `corpus of ${corpus.length} files, ${corpusBytes} bytes; ${count} inputs from seed ${firstSeed}`,
);

const startedMs = performance.now();
const startedKib = process.resourceUsage().maxRSS;
const kinds = new Map();
let slowest = { ms: 0, seed: 0 };
let reportedMs = startedMs;

for (let seed = firstSeed; seed < firstSeed + count; seed++) {
  const bytes = mutated(corpus, seed);
  // CPU time of this process: on a busy machine the clock on the wall tells of others.
  const before = process.cpuUsage();
  const error = verdict(library, bytes);
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000;
  const nowMs = performance.now();
  if (ms > slowest.ms) slowest = { ms, seed };
  if (error !== undefined) keep(error, seed, bytes);
  else if (ms > SLOW_MS) keep(new Error(`took ${Math.round(ms)} ms`), seed, bytes);
  if (nowMs - reportedMs < REPORT_EVERY_MS) continue;
  reportedMs = nowMs;
  console.log(progress(seed - firstSeed + 1, nowMs));
}

console.log(progress(count, performance.now()));
for (const [kind, { times, file }] of kinds) console.log(`${times} times: ${kind}\n  ${file}`);
console.log(kinds.size === 0 ? 'no crasher' : `${kinds.size} kinds of crashers`);
process.exitCode = kinds.size === 0 ? 0 : 1;

function allSymbols(elf) {
  for (const kind of ['symtab', 'dynsym']) {
    const location = built.locateSymbolTable(elf, kind);
    if (location === undefined) continue;
    const names = new built.NameBytes(elf.source, location.strings);
    const versions = built.versionsOf(elf, location);
    const columns = built.readSymbolBatch(elf, location, 0, built.symbolsPerBatch(elf));
    for (let i = 0; i < Math.min(columns.count, 64); i++) {
      names.at(columns.nameOffset[i]);
      versions?.version(i);
    }
  }
  built.findDynamicSymbol(elf, 'answer');
}

function allRelocations(elf) {
  for (const table of built.relocationTables(elf)) {
    if (table.form === 'relr') built.readRelrAddresses(elf, table);
    else built.walkRelocations(elf, table, () => undefined);
  }
}

function allSections(elf) {
  for (const section of elf.sections.slice(0, 64)) built.readSectionData(elf, section);
}

function goTable(elf) {
  const table = built.openGoPclntab(elf);
  table?.textRange?.();
}

function debug(elf) {
  built.debugInformation(elf);
  built.openDebugData(elf);
}

function progress(done, nowMs) {
  const perSecond = Math.round((done * 1000) / (nowMs - startedMs));
  const grownMib = (process.resourceUsage().maxRSS - startedKib) / 1024;
  return (
    `${done} inputs, ${perSecond} a second, slowest ${slowest.ms.toFixed(1)} ms of CPU (seed ` +
    `${slowest.seed}), peak ${grownMib.toFixed(0)} MiB above the start, ${kinds.size} crashers`
  );
}

/** One file for each kind of failure, by message and place. */
function keep(error, seed, bytes) {
  const place = /\n\s+at (.*)/.exec(error.stack ?? '')?.[1] ?? '';
  const kind = `${error.message.replace(/\d+/g, 'N')} ${place.replace(/\(?file:.*\/dist\//, '(')}`;
  const known = kinds.get(kind);
  if (known !== undefined) {
    known.times++;
    return;
  }
  const folder = fileURLToPath(new URL('test/crashers/', core));
  if (!existsSync(folder)) mkdirSync(folder);
  const file = `${folder}seed-${seed}.txt`;
  const lines = bytes.toString('base64').replace(/.{1,96}/g, '$&\n');
  writeFileSync(file, `# ${kind}\n# found by bench/fuzz.bench.mjs, seed ${seed}\n${lines}`);
  kinds.set(kind, { times: 1, file });
}
