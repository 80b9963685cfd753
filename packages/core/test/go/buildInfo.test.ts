// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import {
  type GoBuildInfo,
  type GoModule,
  readGoBuildId,
  readGoBuildInfo,
} from '../../src/index.ts';
import { gcc, made, needsTools, scratchFile } from '../fixtures/compile.ts';
import {
  type GoVariant,
  goTool,
  LOCAL,
  needProgram,
  withElf,
  withoutSections,
} from './goPrograms.ts';

/** What `go version -m` prints of one file, in its own words, made of what we read. */
function asGoPrints(info: GoBuildInfo): string[] {
  const lines = [info.goVersion];
  const moduleLine = (kind: string, { path, version, sum }: GoModule): string =>
    [kind, path, version, ...(sum === '' ? [] : [sum])].join('\t');
  const withReplacement = (kind: string, module: GoModule): void => {
    lines.push(moduleLine(kind, module));
    if (module.replace === undefined) return;
    const { path, version, sum } = module.replace;
    lines.push(['=>', path, version, sum].join('\t'));
  };
  if (info.path !== undefined) lines.push(`path\t${info.path}`);
  if (info.main !== undefined) withReplacement('mod', info.main);
  for (const dep of info.deps) withReplacement('dep', dep);
  for (const [key, value] of info.settings) {
    const quote = (text: string, pattern: RegExp): string =>
      pattern.test(text) ? JSON.stringify(text) : text;
    lines.push(`build\t${quote(key, /[= \t\r\n"`]/)}=${quote(value, /[ \t\r\n"`]/)}`);
  }
  return lines;
}

function goVersionM(path: string): string[] {
  const printed = goTool(['version', '-m', path]).trimEnd().split('\n');
  // A replacement without a checksum ends in a line feed of its own.
  const lines = printed.filter((line) => line.trim() !== '');
  // An empty last column is printed as a trailing tab.
  const trimmed = lines.map((line) =>
    line.replace(/^\t/, '').replace(/^((?:mod|dep)\t.*)\t$/, '$1'),
  );
  return [trimmed[0]!.slice(path.length + 2), ...trimmed.slice(1)];
}

function agreesWithGo(path: string): GoBuildInfo {
  return withElf(path, (elf) => {
    const info = readGoBuildInfo(elf);
    assert.ok(info !== undefined, 'no build information was found');
    assert.deepEqual(asGoPrints(info), goVersionM(path));
    assert.equal(readGoBuildId(elf) ?? '', goTool(['tool', 'buildid', path]).trim());
    assert.deepEqual(elf.diagnostics.list, []);
    return info;
  });
}

/** A program with a replaced dependency, tags, and linker flags that need quoting. */
function moduleProgram(): string {
  const dep = 'module example.com/dep\n\ngo 1.21\n';
  return made({
    sources: {
      'go.mod':
        'module example.com/app\n\ngo 1.21\n\nrequire example.com/dep v1.2.3\n\n' +
        'replace example.com/dep => ./dep\n',
      'main.go':
        'package main\n\nimport "example.com/dep"\n\nvar text string\n\n' +
        'func main() { println(dep.Answer, text) }\n',
      'dep.go': 'package dep\n\nconst Answer = 42\n',
      'dep.mod': dep,
      'go.version': goTool(['version']),
    },
    commands: [
      ['mkdir', 'dep'],
      ['mv', 'dep.go', 'dep/dep.go'],
      ['mv', 'dep.mod', 'dep/go.mod'],
      [
        'env',
        'GOTOOLCHAIN=local',
        'GOFLAGS=-mod=mod -buildvcs=false',
        'GOPROXY=off',
        'CGO_ENABLED=0',
        'go',
        'build',
        '-trimpath',
        '-tags=one,two',
        `-ldflags=-s -w -X 'main.text=a "quoted" word'`,
        '-o',
        'out',
        '.',
      ],
    ],
    output: 'out',
  });
}

const VARIANTS: readonly (readonly [string, GoVariant])[] = [
  ['plain', { release: LOCAL }],
  ['stripped', { release: LOCAL, ldflags: '-s -w' }],
  ['position-independent', { release: LOCAL, args: ['-buildmode=pie'] }],
  ['for 386', { release: LOCAL, arch: '386' }],
  ['for s390x', { release: LOCAL, arch: 's390x' }],
  ['with cgo', { release: LOCAL, cgo: true }],
  ['a C shared library', { release: LOCAL, cgo: true, args: ['-buildmode=c-shared'] }],
  ['of Go 1.15 (pointers)', { release: '1.15.15' }],
  ['of Go 1.15 for s390x (pointers)', { release: '1.15.15', arch: 's390x' }],
  ['of Go 1.17, position-independent', { release: '1.17.13', args: ['-buildmode=pie'] }],
  ['of Go 1.20', { release: '1.20.14' }],
  ['without a build ID', { release: LOCAL, ldflags: '-buildid=' }],
];

describe('Go build information', function () {
  this.timeout(600_000);
  for (const [name, variant] of VARIANTS) {
    it(`agrees with go version -m: a program ${name}`, function () {
      const path = needProgram(this, variant);
      const info = agreesWithGo(path);
      const bare = readGoBuildInfo(withoutSections(path));
      assert.equal(bare?.goVersion, info.goVersion);
      assert.equal(bare?.evidence, 'writable segment');
      assert.deepEqual(bare?.settings, info.settings);
    });
  }

  it('follows pointers that stand in relocations, where Go itself gives up', function () {
    const args = ['-buildmode=pie'];
    const path = needProgram(this, { release: '1.17.13', cgo: true, args });
    withElf(path, (elf) => {
      const info = readGoBuildInfo(elf);
      assert.equal(info?.goVersion, 'go1.17.13');
      assert.equal(info.path, 'command-line-arguments');
      assert.deepEqual(elf.diagnostics.list, []);
    });
  });

  it('reads modules, replacements, and settings that are quoted', function () {
    needsTools(this, 'go');
    const info = agreesWithGo(moduleProgram());
    assert.equal(info.path, 'example.com/app');
    assert.equal(info.main?.path, 'example.com/app');
    assert.equal(info.deps[0]?.path, 'example.com/dep');
    assert.equal(info.deps[0]?.version, 'v1.2.3');
    assert.equal(info.deps[0]?.replace?.path, './dep');
    assert.equal(info.settings.get('-tags'), 'one,two');
    assert.equal(info.settings.get('-trimpath'), 'true');
  });

  it('knows a program of Go 1.9 by its build ID though it has no build information', function () {
    const path = needProgram(this, { release: '1.9.7' });
    withElf(path, (elf) => {
      assert.equal(readGoBuildInfo(elf), undefined);
      assert.equal(readGoBuildId(elf), goTool(['tool', 'buildid', path]).trim());
      assert.deepEqual(elf.diagnostics.list, []);
    });
  });

  it('finds the build ID in the text where the note is gone', function () {
    const path = needProgram(this, { release: LOCAL });
    const bare = withoutSections(path);
    const bytes = Buffer.from(bare.source.read(0, bare.source.sizeBytes));
    // PT_NOTE becomes PT_NULL.
    for (let i = 0; i < bare.header.phnum; i++) {
      const at = bare.header.phoff + i * bare.header.phentsize;
      if (bare.endian.u32(bytes, at) === 4) bytes.fill(0, at, at + 4);
    }
    withElf(scratchFile(bytes), (elf) => assert.equal(readGoBuildId(elf), undefined));
    const text = bare.loads.find((segment) => (segment.flags & 1) !== 0)!;
    bytes.write('\xff Go build ID: "ab/c\\x64/ef"\n \xff', text.fileOffset + 64, 'latin1');
    withElf(scratchFile(bytes), (elf) => assert.equal(readGoBuildId(elf), 'ab/cd/ef'));
  });

  it('has nothing to say about C programs, at the cost of few reads', function () {
    needsTools(this, 'gcc');
    withElf(gcc([]), (elf) => {
      assert.equal(readGoBuildInfo(elf), undefined);
      assert.equal(readGoBuildId(elf), undefined);
      assert.deepEqual(elf.diagnostics.list, []);
      assert.ok(elf.source.bytesRead < 65_536, `${elf.source.bytesRead} bytes were read`);
    });
  });
});
