// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ElfFile, MemorySource } from '@otelkit/core';
import { analyzeGo, type GoAnalysis, isAnalysis } from '../../src/analyze/index.ts';
import {
  analyzed,
  goTool,
  IS_FULL,
  layoutsByGo,
  needProgram,
  type Variant,
  withElf,
} from './programs.ts';
import { SERVER_WANTED, SMALL_WANTED } from './wanted.ts';

const STRIPPED = ['-ldflags=-s -w'] as const;
const PIE = ['-buildmode=pie', '-ldflags=-s -w'] as const;
const RELEASES = IS_FULL
  ? [
      '1.19.13',
      '1.20.14',
      '1.21.13',
      '1.22.12',
      '1.23.12',
      '1.24.13',
      '1.25.14',
      '1.26.11',
      '1.27.4',
    ]
  : ['1.19.13', '1.24.6'];

function offsetsOf(analysis: GoAnalysis): Record<string, Record<string, number>> {
  const structs = [...analysis.structs.values()].sort((a, b) => (a.struct < b.struct ? -1 : 1));
  return Object.fromEntries(
    structs.map(({ struct, fields }) => [struct, Object.fromEntries(fields)]),
  );
}

/** `readelf -lW`: where an address stands in the file. */
function fileOffsetByReadelf(path: string, vaddr: number): number | undefined {
  const text = spawnSync('readelf', ['-lW', path], { encoding: 'utf8' }).stdout;
  for (const line of text.split('\n')) {
    const match = /^\s+LOAD\s+0x(\w+) 0x(\w+) 0x\w+ 0x(\w+)/.exec(line);
    if (match === null) continue;
    const [offset = 0, start = 0, size = 0] = match
      .slice(1)
      .map((word) => Number.parseInt(word, 16));
    if (vaddr >= start && vaddr < start + size) return vaddr - start + offset;
  }
  return undefined;
}

function addressesByNm(path: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of goTool(['tool', 'nm', path]).split('\n')) {
    const match = /^\s*([0-9a-f]+)\s+[tT]\s+(.*)$/.exec(line);
    if (match !== null) found.set(match[2]!, Number.parseInt(match[1]!, 16));
  }
  return found;
}

describe('analyzeGo', () => {
  it('finds functions where go tool nm and readelf say that they are', function () {
    const path = needProgram(this, { kind: 'small' });
    const { functions } = analyzed(path, SMALL_WANTED);
    const addresses = addressesByNm(path);
    assert.equal(functions.size, SMALL_WANTED.functions.length - 1);
    assert.equal(functions.has('net/http.(*Transport).roundTrip'), false);
    for (const { name, vaddr, fileOffset, sizeBytes } of functions.values()) {
      assert.equal(vaddr, addresses.get(name), name);
      assert.equal(fileOffset, fileOffsetByReadelf(path, vaddr), name);
      assert.ok(sizeBytes > 0 && [...addresses.values()].includes(vaddr + sizeBytes), name);
    }
  });

  it('reads the layouts that debug/dwarf reads', function () {
    const path = needProgram(this, { kind: 'server' });
    const expected = layoutsByGo(path, Object.keys(SERVER_WANTED.structs));
    const analysis = analyzed(path, SERVER_WANTED, { crossCheck: true });
    assert.deepEqual(analysis.unknownStructs, []);
    assert.deepEqual(analysis.problems, []);
    for (const { struct, source, fields } of analysis.structs.values()) {
      assert.equal(source, 'dwarf', struct);
      for (const [field, offset] of fields) {
        assert.equal(offset, expected.get(struct)?.get(field), `${struct}.${field}`);
      }
    }
    assert.equal(analysis.structs.size, expected.size);
  });

  it('takes the same from the type descriptors, with and without DWARF', function () {
    const plain = analyzed(needProgram(this, { kind: 'server' }), SERVER_WANTED);
    const stripped = analyzed(needProgram(this, { kind: 'server', args: STRIPPED }), SERVER_WANTED);
    assert.equal(stripped.hasDwarf, false);
    assert.equal(stripped.hasSymbols, false);
    assert.deepEqual(offsetsOf(stripped), offsetsOf(plain));
    for (const { source } of stripped.structs.values()) assert.equal(source, 'types');
    assert.deepEqual([...stripped.functions.keys()].sort(), [...SERVER_WANTED.functions].sort());
    const types = new Set(stripped.itabNames.values());
    assert.ok(types.has('*net.TCPConn,net.Conn'));
    assert.ok(types.has('database/sql.dsnConnector,database/sql/driver.Connector'));
  });

  it('names itabs as the symbol table does', function () {
    const path = needProgram(this, { kind: 'small' });
    const { itabNames } = analyzed(path, SMALL_WANTED);
    const symbols = new Map<number, string>();
    for (const line of goTool(['tool', 'nm', path]).split('\n')) {
      const match = /^\s*([0-9a-f]+)\s+\w\s+go:itab\.(.*)$/.exec(line);
      if (match?.[2]?.endsWith(',error') === true) {
        symbols.set(Number.parseInt(match[1]!, 16), match[2]);
      }
    }
    assert.ok(symbols.size > 3);
    const sorted = (map: ReadonlyMap<number, string>): [number, string][] =>
      [...map].sort(([a], [b]) => a - b);
    assert.deepEqual(sorted(itabNames), sorted(symbols));
  });

  const variants: readonly (readonly [string, Variant])[] = [
    ['a position-independent, stripped program', { kind: 'small', args: PIE }],
    ['one that a C linker made position-independent', { kind: 'small', args: PIE, cgo: true }],
    ...RELEASES.flatMap((release): [string, Variant][] => [
      [`Go ${release}`, { kind: 'small', release }],
      [`Go ${release}, stripped`, { kind: 'small', release, args: STRIPPED }],
    ]),
    ...(IS_FULL
      ? RELEASES.flatMap((release): [string, Variant][] => [
          [`Go ${release}, server`, { kind: 'server', release }],
          [`Go ${release}, position-independent`, { kind: 'small', release, args: PIE }],
          [`Go ${release}, race`, { kind: 'small', release, args: ['-race'], cgo: true }],
        ])
      : []),
  ];
  for (const [title, variant] of variants) {
    it(`analyses ${title}`, function () {
      const path = needProgram(this, variant);
      const dwarf = needProgram(this, { ...variant, args: withDwarf(variant.args ?? []) });
      const wanted = variant.kind === 'server' ? SERVER_WANTED : SMALL_WANTED;
      const analysis = analyzed(path, wanted);
      const expected = layoutsByGo(dwarf, Object.keys(wanted.structs));
      assert.deepEqual(analysis.problems, []);
      const isPresent = (name: string): boolean => !/http.*(pattern|Request)/.test(name);
      for (const struct of Object.keys(wanted.structs).filter(isPresent)) {
        const fields = analysis.structs.get(struct)?.fields;
        assert.ok(fields !== undefined && fields.size > 0, struct);
        for (const [field, offset] of fields) {
          assert.equal(offset, expected.get(struct)?.get(field), `${struct}.${field}`);
        }
      }
      const addresses = addressesByNm(dwarf);
      for (const { name, vaddr } of analysis.functions.values()) {
        if (dwarf === path) assert.equal(vaddr, addresses.get(name), name);
        else assert.ok(addresses.has(name), name);
      }
      assert.ok([...analysis.itabNames.values()].some((name) => name.endsWith(',error')));
    });
  }

  it('takes vendor folders of GOPATH mode off names', function () {
    for (const args of [[], STRIPPED]) {
      const path = needProgram(this, { kind: 'vendored', args });
      const analysis = analyzed(path, {
        functions: ['google.golang.org/grpc.(*ClientConn).Invoke'],
        structs: { 'google.golang.org/grpc.ClientConn': ['target'] },
        interfaces: [],
      });
      const place = analysis.functions.get('google.golang.org/grpc.(*ClientConn).Invoke');
      const linkName = 'example.com/shop/vendor/google.golang.org/grpc.(*ClientConn).Invoke';
      assert.equal(place?.linkName, linkName);
      const layout = analysis.structs.get('google.golang.org/grpc.ClientConn');
      assert.equal(layout?.fields.get('target'), 24);
      assert.deepEqual(
        analysis.ownInstrumentation.map(({ kind }) => kind),
        ['sdk'],
      );
    }
  });

  it('reads versions and modules as go version -m does', function () {
    const path = needProgram(this, { kind: 'server' });
    const analysis = analyzed(path, SERVER_WANTED);
    const text = goTool(['version', '-m', path]);
    assert.equal(analysis.goVersion.text, /: (\S+)/.exec(text)?.[1]);
    assert.equal(analysis.mainPackage, /\tpath\t(\S+)/.exec(text)?.[1]);
    assert.equal(analysis.modules.size, (text.match(/\t(mod|dep)\t/g) ?? []).length);
    assert.deepEqual([...analysis.sqlDrivers], []);
  });

  it('does without section headers', function () {
    const path = needProgram(this, { kind: 'small', args: STRIPPED });
    const bytes = readFileSync(path);
    bytes.fill(0, 40, 48);
    bytes.fill(0, 60, 64);
    const result = analyzeGo(new ElfFile(new MemorySource(path, bytes)), SMALL_WANTED);
    assert.ok(isAnalysis(result));
    assert.deepEqual(offsetsOf(result), offsetsOf(analyzed(path, SMALL_WANTED)));
  });

  it('says why what is no Go program, or too old, cannot be analysed', function () {
    const reasonOf = (path: string): string =>
      withElf(path, (elf) => {
        const result = analyzeGo(elf, SMALL_WANTED);
        return isAnalysis(result) ? 'analysed' : result.reason;
      });
    assert.equal(reasonOf(process.execPath), 'is not a Go program');
    const path = needProgram(this, { kind: 'small', args: STRIPPED });
    const folder = mkdtempSync(join(tmpdir(), 'otel-go-'));
    try {
      const copy = join(folder, 'old');
      copyFileSync(path, copy);
      const bytes = readFileSync(copy);
      const version = /go(1\.\d+)/.exec(analyzed(path, SMALL_WANTED).goVersion.text)?.[0] ?? '';
      const at = bytes.indexOf(version, bytes.indexOf('\xff Go buildinf:', 0, 'latin1'));
      bytes.write('go1.11', at);
      const result = analyzeGo(new ElfFile(new MemorySource(copy, bytes)), SMALL_WANTED);
      assert.ok(!isAnalysis(result));
      assert.match(result.reason, /was built by go1\.11.*Go 1\.19 and later/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** The same program with its DWARF: -s -w changes no layout. */
function withDwarf(args: readonly string[]): readonly string[] {
  return args.filter((arg) => arg !== '-ldflags=-s -w');
}
