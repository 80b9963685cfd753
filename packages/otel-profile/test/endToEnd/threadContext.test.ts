// SPDX-License-Identifier: Apache-2.0
// Programs that tell for each thread which span it is in (OTEP 4947), wherever the linker and the C
// library keep the variable: their samples bear trace ID and span ID. Of programs
// that publish nonsense they bear none.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeMessage, OTLP_EXPORT_PROFILES_SERVICE_REQUEST } from '@otelkit/otlp';
import { prepareChain, runTool } from './profiling.ts';

const SOURCE = fileURLToPath(new URL('threadContext.c', import.meta.url));
const X64 = process.arch === 'x64';

interface Variant {
  readonly name: string;
  readonly cc?: string;
  /** Of the program. */
  readonly flags: readonly string[];
  /** Of the library that has the variable. */
  readonly library?: readonly string[];
  /** Loaded while the program runs, instead of being linked to it. */
  readonly isLate?: boolean;
}

const OWN = ['-DOWN', '-rdynamic'];
const IN_LIBRARY = ['-shared', '-fPIC', '-DLIBRARY'];
const DESCRIPTORS = X64 ? ['-mtls-dialect=gnu2'] : [];
const MUSL = 'musl-gcc';
const IS_FULL = process.env['OTELKIT_FULL_MATRIX'] === '1';
const ALL: readonly Variant[] = [
  { name: 'pie', flags: OWN },
  { name: 'nopie', flags: [...OWN, '-no-pie'] },
  { name: 'static', flags: ['-DOWN', '-static'] },
  { name: 'staticpie', flags: [...OWN, '-static-pie', '-fPIE'] },
  { name: 'general', flags: [], library: IN_LIBRARY },
  { name: 'descriptor', flags: [], library: [...IN_LIBRARY, ...DESCRIPTORS] },
  { name: 'initial', flags: [], library: [...IN_LIBRARY, '-DMODEL="initial-exec"'] },
  { name: 'symbolic', flags: [], library: [...IN_LIBRARY, '-Wl,-Bsymbolic'] },
  { name: 'late', flags: ['-DLATE'], library: IN_LIBRARY, isLate: true },
  { name: 'latedesc', flags: ['-DLATE'], library: [...IN_LIBRARY, ...DESCRIPTORS], isLate: true },
  { name: 'musl', cc: MUSL, flags: OWN },
  { name: 'muslstatic', cc: MUSL, flags: ['-DOWN', '-static'] },
  { name: 'musllib', cc: MUSL, flags: [], library: IN_LIBRARY },
  {
    name: 'musllate',
    cc: MUSL,
    flags: ['-DLATE'],
    library: [...IN_LIBRARY, ...DESCRIPTORS],
    isLate: true,
  },
];
/** Each takes a second to compile on a busy machine: the others differ from these in one thing. */
const USUAL: ReadonlySet<string> = new Set(['pie', 'static', 'descriptor', 'late', 'musllib']);
const VARIANTS = ALL.filter(({ name }) => IS_FULL || USUAL.has(name));
const NOT_BELIEVED = ['nowhere', 'unready', 'zero'] as const;
const ENOUGH = 3;
const ATTEMPTS = 8;

interface Seen {
  samples: number;
  /** `trace span`, and how many samples have it. */
  readonly links: Map<string, number>;
}

describe('endToEnd/threadContext', function () {
  this.timeout(120_000);
  let folder: string;
  const children: ChildProcess[] = [];
  const seen = new Map<string, Seen>();
  const missing = new Map<string, string>();

  before(function () {
    ({ folder } = prepareChain(this, 'threads'));
    for (const variant of VARIANTS) {
      const why = compile(folder, variant);
      if (why !== undefined) missing.set(variant.name, why);
    }
    assert.ok(!missing.has('pie'), missing.get('pie'));
    const pids: string[] = [];
    const run = (name: string, args: readonly string[]): void => {
      const child = spawn(join(folder, name), args);
      children.push(child);
      pids.push('--pid', String(child.pid));
    };
    for (const { name, isLate = false } of VARIANTS) {
      if (missing.has(name)) continue;
      const late = isLate ? [join(folder, `lib${name}.so`)] : [];
      run(name, ['good', traceOf(name), ...late]);
    }
    for (const name of NOT_BELIEVED) {
      copyFileSync(join(folder, 'pie'), join(folder, name));
      run(name, [name, traceOf('pie')]);
    }
    const isSeen = ({ name }: Variant): boolean =>
      missing.has(name) || (seen.get(name)?.links.size ?? 0) >= 2;
    // A busy machine gives each of the programs little to be sampled in.
    for (let i = 0; i < ATTEMPTS && !VARIANTS.every(isSeen); i++) {
      const path = join(folder, `recorded.otlp`);
      const how = ['-F', '199', '-d', '3s', '--symbolize=off', '-o', path];
      const { status, stderr } = runTool(['record', ...how, ...pids]);
      assert.equal(status, 0, stderr);
      count(seen, readFileSync(path));
    }
  });
  after(() => {
    for (const child of children) child.kill('SIGKILL');
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  for (const { name } of VARIANTS) {
    it(`gives samples the span of their thread: ${name}`, function () {
      const why = missing.get(name);
      if (why !== undefined) {
        console.log(`skip: ${why}`);
        return this.skip();
      }
      const links = [...(seen.get(name)?.links.keys() ?? [])].sort();
      const trace = traceOf(name);
      assert.deepEqual(links, [`${trace} 0000000000000001`, `${trace} 0000000000000002`]);
    });
  }

  for (const name of NOT_BELIEVED) {
    it(`gives them none where what is published is none: ${name}`, () => {
      assert.ok((seen.get(name)?.samples ?? 0) >= ENOUGH);
      assert.equal(seen.get(name)?.links.size, 0);
    });
  }
});

/** The variant's name, so that no sample can bear another one's. */
function traceOf(name: string): string {
  return Buffer.from(name.padEnd(16, '.')).toString('hex');
}

/** @returns why it is not there */
function compile(folder: string, { name, cc = 'cc', flags, library }: Variant): string | undefined {
  const run = (args: readonly string[]): string | undefined => {
    const { status, stderr, error } = spawnSync(cc, ['-O1', '-pthread', ...args, '-ldl'], {
      encoding: 'utf8',
    });
    if (error !== undefined) return `no ${cc}, install with: apt-get install musl-tools`;
    return status === 0 ? undefined : `${name} cannot be compiled here: ${stderr}`;
  };
  const path = join(folder, `lib${name}.so`);
  if (library !== undefined) {
    const why = run([...library, '-o', path, SOURCE]);
    if (why !== undefined) return why;
  }
  const linked = library === undefined ? [] : [path, `-Wl,-rpath,${folder}`];
  const isLate = VARIANTS.find((variant) => variant.name === name)?.isLate === true;
  return run([...flags, '-o', join(folder, name), SOURCE, ...(isLate ? [] : linked)]);
}

function count(seen: Map<string, Seen>, bytes: Uint8Array): void {
  const request = decodeMessage(OTLP_EXPORT_PROFILES_SERVICE_REQUEST, bytes);
  const linkTable = request.dictionary?.linkTable ?? [];
  for (const { resource, scopeProfiles } of request.resourceProfiles) {
    const path = resource?.attributes.find(({ key }) => key === 'process.executable.path');
    const name = path?.value?.stringValue?.split('/').at(-1) ?? '';
    const of = seen.get(name) ?? { samples: 0, links: new Map<string, number>() };
    seen.set(name, of);
    for (const sample of scopeProfiles.flatMap((s) => s.profiles).flatMap((p) => p.samples)) {
      const samples = Math.max(1, sample.timestampsUnixNano.length);
      of.samples += samples;
      const link = linkTable[sample.linkIndex];
      if (sample.linkIndex === 0 || link === undefined) continue;
      const key = `${hex(link.traceId)} ${hex(link.spanId)}`;
      of.links.set(key, (of.links.get(key) ?? 0) + samples);
    }
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
