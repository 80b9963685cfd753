// SPDX-License-Identifier: Apache-2.0
// Requests go into the store as the profiles that they are read into would, whatever they hold; ten
// senders at once lose nothing; a file that is given names what came as addresses.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gnuBuildId, openElf } from '@otelkit/core';
import {
  decodeProfilesRequest,
  encodeMessage,
  OTLP_EXPORT_PROFILES_SERVICE_REQUEST,
  type OtlpProfilesRequest,
} from '@otelkit/otlp';
import { readOtlpProfiles } from '@otelkit/profiles';
import { findDwarfModule } from '@otelkit/symbols';
import type { Executables, Graph } from '@otelkit/viewer/contract';
import fc from 'fast-check';
import { Store } from '../../src/index.ts';
import {
  agentRequest,
  START_MS,
  send,
  startCollector,
  temporaryFolder,
  whyNoEngine,
} from '../support/running.ts';

const PATH = '/v1development/profiles';
const NOW_MS = START_MS + 60_000;

/** Everything that the views say, without numbers that depend on an order. */
const ALL = `SELECT CAST(s.time AS VARCHAR), s.type, s.unit, s.value::DOUBLE, s.thread_id, s.thread,
    s.cpu, s.trace_id, s.span_id, p.source, p.pid, p.name, p.service, p.attributes,
    (SELECT string_agg(key || '=' || value, ',' ORDER BY key) FROM labels l
      WHERE l.label_set_id = s.label_set_id),
    (SELECT string_agg(concat_ws(' ', f.kind, f.function, f.system_name, f.file, f.line,
      f.start_line, f.address, f.inlined, e.path, e.build_id), ';' ORDER BY k.position)
      FROM stacks k JOIN frames f USING (frame_id)
      LEFT JOIN executables e USING (executable_id) WHERE k.stack_id = s.stack_id)
  FROM samples s JOIN processes p USING (process_id) ORDER BY ALL`;

function decoded(bytes: Uint8Array): OtlpProfilesRequest | undefined {
  try {
    return decodeProfilesRequest(bytes);
  } catch {
    return undefined;
  }
}

describe('requests', () => {
  before(async function () {
    const why = await whyNoEngine();
    if (why === undefined) return;
    console.log(`skip: ${why}`);
    this.skip();
  });

  it('are kept as the profiles that they are read into, damaged ones too', async () => {
    const [direct, byProfile] = [
      await Store.open({ folder: undefined }),
      await Store.open({ folder: undefined }),
    ];
    try {
      const real = agentRequest();
      const change = fc.tuple(fc.nat(real.length - 1), fc.nat(255));
      const take = (bytes: Uint8Array): void => {
        const request = decoded(bytes);
        if (request === undefined) return;
        const { profile, problems } = readOtlpProfiles(request);
        const source = profile.processes[0]?.attributes?.['host.name'] ?? 'peer';
        const expected = byProfile.ingest(profile, source, NOW_MS);
        const taken = direct.ingestRequest(request, 'peer', NOW_MS);
        assert.deepEqual(taken, { ...expected, problems });
      };
      take(real);
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
          const bytes = Buffer.from(real);
          for (const [at, value] of changes) bytes[at] = value;
          take(bytes);
        }),
        { numRuns: 60 },
      );
      await Promise.all([direct.flush(), byProfile.flush()]);
      const rows = (store: Store): Promise<unknown> =>
        store.read(async (connection) => (await connection.runAndReadAll(ALL)).getRows());
      assert.deepEqual(await rows(direct), await rows(byProfile));
    } finally {
      await Promise.all([direct.close(), byProfile.close()]);
    }
  });

  it('of ten senders at once are all there', async () => {
    const collector = await startCollector();
    try {
      const rounds = 6;
      const senders = Array.from({ length: 10 }, async (_, sender) => {
        for (let round = 0; round < rounds; round++) {
          const body = agentRequest(START_MS + 1_000 * (10 * round + sender));
          const response = await send(collector.url, PATH, body);
          assert.equal(response.status, 200);
          await response.arrayBuffer();
        }
      });
      await Promise.all(senders);
      await collector.store.flush();
      const status = (await (await fetch(new URL('/api/status', collector.url))).json()) as {
        sampleCount: number;
        losses: unknown[];
      };
      assert.equal(status.sampleCount, 10 * rounds * 101);
      assert.deepEqual(status.losses, []);
    } finally {
      await collector.close();
    }
  });

  it('that came as addresses get names from a file that is given, and from no other', async function () {
    const folder = temporaryFolder();
    const dwarf = findDwarfModule(fileURLToPath(import.meta.url));
    const collector = await startCollector({ symbols: () => ({ dwarf }) });
    try {
      const file = compile(folder.path);
      if (file === undefined) {
        console.log('skip: no C compiler here, install with: apt-get install gcc libc6-dev');
        return this.skip();
      }
      const elf = openElf(file);
      const buildId = gnuBuildId(elf)!;
      const address = BigInt(addressOf(file, 'burn_cycles'));
      elf.source.close();
      assert.equal((await send(collector.url, PATH, nameless(buildId, address))).status, 200);
      await collector.store.flush();
      const ask = async <T>(path: string): Promise<T> =>
        (await (await fetch(new URL(path, collector.url))).json()) as T;
      const names = async (): Promise<string[]> => {
        const { frames } = await ask<Graph>('/api/graph');
        return frames.name.map((name) => frames.strings[name]!);
      };
      assert.deepEqual(await names(), [`burner+0x${address.toString(16)}`]);
      const { executables } = await ask<Executables>('/api/executables');
      const { id } = executables.find(({ name }) => name === 'burner')!;
      const give = (bytes: Uint8Array): Promise<Response> =>
        send(collector.url, `/api/executables/${id}/symbols`, bytes);
      assert.equal((await give(readFileSync(process.execPath).subarray(0, 4_096))).status, 400);
      const answer = await give(readFileSync(file));
      assert.deepEqual(
        [answer.status, await answer.json()],
        [200, { named: 1, withLines: dwarf === undefined ? 0 : 1 }],
      );
      assert.deepEqual(await names(), ['burn_cycles']);
    } finally {
      await collector.close();
      folder.remove();
    }
  });
});

/** Undefined without a compiler. */
function compile(folder: string): string | undefined {
  const [source, file] = [join(folder, 'burner.c'), join(folder, 'burner')];
  writeFileSync(
    source,
    'int burn_cycles(int n) { int s = 0; while (n--) s += n; return s; }\n' +
      'int main(int c, char **v) { (void)v; return burn_cycles(c); }\n',
  );
  try {
    execFileSync('gcc', ['-g', '-O0', '-Wl,--build-id', '-o', file, source], { stdio: 'ignore' });
    return file;
  } catch {
    return undefined;
  }
}

function addressOf(file: string, name: string): string {
  const lines = execFileSync('nm', [file], { encoding: 'utf8' }).split('\n');
  return `0x${lines.find((line) => line.endsWith(` ${name}`))!.split(' ')[0]}`;
}

function nameless(buildId: string, address: bigint): Uint8Array {
  return encodeMessage(OTLP_EXPORT_PROFILES_SERVICE_REQUEST, {
    resourceProfiles: [
      { scopeProfiles: [{ profiles: [{ samples: [{ stackIndex: 1, values: [5n] }] }] }] },
    ],
    dictionary: {
      stringTable: ['', 'process.executable.build_id.gnu', '/opt/burner', 'profile.frame.type'],
      attributeTable: [
        {},
        { keyStrindex: 1, value: { stringValue: buildId } },
        { keyStrindex: 3, value: { stringValue: 'native' } },
      ],
      mappingTable: [{}, { filenameStrindex: 2, attributeIndices: [1] }],
      locationTable: [{}, { mappingIndex: 1, address, attributeIndices: [2] }],
      stackTable: [{}, { locationIndices: [1] }],
    },
  });
}
