// SPDX-License-Identifier: Apache-2.0
// Each runtime of this host, running and as a file; the version is compared with what it says
// itself.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { BinaryCache } from '../../src/capability/binaryCache.ts';
import { fileTarget, processTarget } from '../../src/capability/target.ts';
import { ProcFs } from '../../src/proc/procFs.ts';
import { findTool, gcc, made, needsTools } from '../fixtures/compile.ts';
import { endAll, startReady } from '../proc/liveProcesses.ts';

interface Sample {
  readonly id: string;
  readonly tool: string;
  /** Prints the version alone. */
  readonly version: readonly string[];
  /** Prints something and waits. */
  readonly wait: readonly string[];
}

const JAVA = `public class W { public static void main(String[] a) throws Exception {
  System.out.println(a.length > 0 ? System.getProperty("java.version") : "ready");
  if (a.length == 0) Thread.sleep(60000); } }
`;

const SAMPLES: readonly Sample[] = [
  {
    id: 'nodejs',
    tool: 'node',
    version: ['-p', 'process.versions.node'],
    wait: ['-e', 'console.log("ready"); setTimeout(() => {}, 60000)'],
  },
  {
    id: 'cpython',
    tool: 'python3',
    version: ['-c', 'import platform; print(platform.python_version())'],
    wait: ['-c', 'import time; print("ready", flush=True); time.sleep(60)'],
  },
  {
    id: 'ruby',
    tool: 'ruby',
    version: ['-e', 'print RUBY_VERSION'],
    wait: ['-e', '$stdout.sync = true; puts "ready"; sleep 60'],
  },
  {
    id: 'perl',
    tool: 'perl',
    version: ['-e', 'printf "%vd", $^V'],
    wait: ['-e', '$| = 1; print "ready\\n"; sleep 60'],
  },
  {
    id: 'php',
    tool: 'php',
    version: ['-r', 'echo PHP_VERSION;'],
    wait: ['-r', 'echo "ready\\n"; sleep(60);'],
  },
];

describe('capability/runtime', () => {
  afterEach(endAll);

  for (const { id, tool, version, wait } of SAMPLES) {
    it(`knows a running ${tool} and its exact version`, async function () {
      needsTools(this, tool);
      const child = await startReady(tool, wait);
      const target = processTarget(new ProcFs(), child.pid, new BinaryCache());
      const expected = execFileSync(tool, version, { encoding: 'utf8' }).trim();
      assert.equal(target.runtime.id, id);
      assert.equal(target.runtime.version, expected);
      assert.equal(target.runtime.role, 'application');
      assert.ok(target.runtime.evidence.length > 0);
    });
  }

  it('knows a running Java program and its exact version', async function () {
    needsTools(this, 'java', 'javac');
    const path = made({
      sources: { 'W.java': JAVA },
      commands: [['javac', 'W.java']],
      output: 'W.class',
    });
    const folder = path.slice(0, path.lastIndexOf('/'));
    const child = await startReady('java', ['-cp', folder, 'W']);
    const target = processTarget(new ProcFs(), child.pid, new BinaryCache());
    const expected = execFileSync('java', ['-cp', folder, 'W', 'v'], { encoding: 'utf8' }).trim();
    assert.equal(target.runtime.id, 'jvm');
    assert.equal(target.runtime.version, expected);
    assert.ok(target.process!.anonymousCode.mappings > 0);
  });

  it('tells the tools of the JDK from Java programs', function () {
    needsTools(this, 'javac');
    const javac = realpathSync(findTool('javac')!);
    assert.equal(fileTarget(javac, new BinaryCache()).runtime.role, 'tool');
    const java = fileTarget(javac.replace(/javac$/, 'java'), new BinaryCache());
    assert.equal(java.runtime.role, 'application');
  });

  it('knows compiled languages by what their compilers leave', function () {
    needsTools(this, 'gcc');
    const cache = new BinaryCache();
    const c = fileTarget(gcc([]), cache).runtime;
    assert.equal(c.id, 'c');
    const cpp = gcc(['-Wl,--no-as-needed', '-l:libstdc++.so.6']);
    assert.equal(fileTarget(cpp, cache).runtime.id, 'cpp');
  });

  it('knows Go with its version, stripped too', function () {
    needsTools(this, 'go');
    const sources = {
      'go.mod': 'module example.com/hello\n\ngo 1.21\n',
      'main.go': 'package main\n\nfunc main() { println("hi") }\n',
    };
    const build = ['go', 'build', '-trimpath', '-ldflags=-s -w', '-o', 'out', '.'] as const;
    const path = made({ sources, commands: [build], output: 'out' });
    const { runtime } = fileTarget(path, new BinaryCache());
    const expected = execFileSync('go', ['version', path], { encoding: 'utf8' });
    assert.equal(runtime.id, 'go');
    assert.ok(expected.includes(`go${runtime.version}`), `${expected} against ${runtime.version}`);
  });

  it('knows Rust with its version, and without it when stripped of everything', function () {
    needsTools(this, 'rustc', 'strip');
    const sources = { 'main.rs': 'fn main() { println!("{}", std::env::args().len() / 2); }\n' };
    const plain = made({
      sources,
      commands: [['rustc', '-O', '-o', 'out', 'main.rs']],
      output: 'out',
    });
    const cache = new BinaryCache();
    const version = /rustc (\S+)/.exec(execFileSync('rustc', ['-V'], { encoding: 'utf8' }))![1];
    assert.deepEqual(pick(fileTarget(plain, cache).runtime), ['rust', version]);
    const bare = made({
      sources,
      commands: [
        ['rustc', '-O', '-o', 'out', 'main.rs'],
        ['strip', '-R', '.comment', 'out'],
      ],
      output: 'out',
    });
    assert.deepEqual(pick(fileTarget(bare, cache).runtime), ['rust', undefined]);
  });

  it('says unknown rather than guess', function () {
    needsTools(this, 'gcc', 'strip');
    const path = made({
      sources: { 'main.c': 'void _start(void) { for (;;); }\n' },
      commands: [
        ['gcc', '-static', '-nostdlib', '-o', 'out', 'main.c'],
        ['strip', '-R', '.comment', 'out'],
      ],
      output: 'out',
    });
    const { runtime } = fileTarget(path, new BinaryCache());
    assert.deepEqual(pick(runtime), ['unknown', undefined]);
  });
});

function pick({ id, version }: { id: string; version?: string }): [string, string | undefined] {
  return [id, version];
}
