#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Everything about the rescue program. usage: node run.mjs
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findZig } from '../../zig.mjs';
import { buildRescue } from '../build.mjs';

const OURS = '/usr/lib/opentelemetry/injector/$LIB/libotelinject.so';
const OTHERS = '# kept\n/a.so /b.so\n';
const source = fileURLToPath(new URL('../src', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'otel-rescue-test-'));
const counts = { passed: 0, failed: 0, skipped: 0 };

function check(title, run) {
  try {
    const skipped = run();
    if (typeof skipped === 'string') {
      counts.skipped++;
      console.log(`skip ${title}: ${skipped}`);
    } else {
      counts.passed++;
      console.log(`ok ${title}`);
    }
  } catch (error) {
    counts.failed++;
    console.log(`fail ${title}: ${String(error.message).replaceAll('\n', ' | ').slice(0, 1000)}`);
  }
}

function execute(program, args, options = {}) {
  return spawnSync(program, args, { encoding: 'utf8', ...options });
}

let serial = 0;
function list(text) {
  const path = join(work, `list${serial++}`);
  writeFileSync(path, text);
  return path;
}

function blackBox(program, runner) {
  const rescue = (path) =>
    runner === undefined ? execute(program, [path]) : execute(runner, [program, path]);
  const after = (text) => {
    const path = list(text);
    const { status, stderr } = rescue(path);
    assert.equal(status, 0, stderr);
    return existsSync(path) ? readFileSync(path, 'latin1') : undefined;
  };

  check(`${runner ?? 'native'}: takes out our entry and keeps the rest`, () => {
    assert.equal(after(`${OTHERS}${OURS}\n`), OTHERS);
    assert.equal(after(`${OURS}\n${OTHERS}`), OTHERS);
    assert.equal(after(`/a.so ${OURS}:/b.so`), '/a.so /b.so');
    assert.equal(after(`# ${OURS}\n/opt/libotelinject.so\n`), `# ${OURS}\n/opt/libotelinject.so\n`);
    assert.equal(after(`${OURS}\n`), undefined, 'a list with nothing else goes');
    assert.equal(after(''), '', 'an empty list of somebody else stays');
  });

  check(`${runner ?? 'native'}: keeps mode, owner, attributes and a link to the list`, () => {
    const path = list(`${OTHERS}${OURS}\n`);
    chmodSync(path, 0o640);
    const set = 'import os,sys; os.setxattr(sys.argv[1], "user.kept", b"1")';
    const get = 'import os,sys; print(os.listxattr(sys.argv[1]))';
    const hasAttributes = execute('python3', ['-c', set, path]).status === 0;
    const link = `${path}.link`;
    symlinkSync(path.slice(path.lastIndexOf('/') + 1), link);
    assert.equal(rescue(link).status, 0);
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.equal(readFileSync(path, 'utf8'), OTHERS);
    assert.equal(statSync(path).mode & 0o7777, 0o640);
    if (hasAttributes) assert.match(execute('python3', ['-c', get, path]).stdout, /user\.kept/);
  });

  check(`${runner ?? 'native'}: says what it cannot do, and changes nothing`, () => {
    const circle = join(work, `circle${serial++}`);
    symlinkSync(circle, circle);
    assert.equal(rescue(circle).status, 1);
    assert.equal(rescue(work).status, 1);
    assert.equal(rescue(join(work, 'missing')).status, 0);
    const large = list(`${OURS}\n${'#'.repeat(1 << 20)}`);
    assert.equal(rescue(large).status, 1);
    assert.equal(rescue('--nonsense').status, 2);
    const fifo = join(work, `fifo${serial++}`);
    execute('mkfifo', [fifo]);
    assert.equal(rescue(fifo).status, 1);
  });
}

function fullDisk(program) {
  check('a full disk: spaces over the entry', () => {
    const folder = mkdtempSync(join(work, 'full-'));
    const script = `mount -t tmpfs -o size=16k tmpfs "$1" || exit 77
      printf '%s' "$2" > "$1/list"
      dd if=/dev/zero of="$1/fill" bs=4k 2>/dev/null
      mkdir "$1/x" 2>/dev/null
      "$3" "$1/list" >&2 || exit 1
      cat "$1/list"`;
    const text = `/a.so\n${OURS}\n/b.so\n`;
    const args = ['-m', 'sh', '-c', script, 'sh', folder, text, program];
    const { status, stdout, stderr } = execute('unshare', args);
    if (status === 77 || status === null) return 'no mount namespace here, run as root';
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^\/a\.so\n +\n\/b\.so\n$/);
    return undefined;
  });
}

try {
  check('unit tests', () => {
    const args = ['test', join(source, 'preload.zig'), '--cache-dir', join(work, 'cache')];
    const { status, stderr, error } = execute(findZig(), args);
    assert.equal(status, 0, error?.message ?? stderr);
  });
  const built = buildRescue({ out: join(work, 'out') });
  check('is static, small, and has no executable stack', () => {
    for (const path of built) {
      assert.ok(statSync(path).size <= 16384, `${statSync(path).size} bytes`);
      const { stdout, status } = execute('readelf', ['-lW', path]);
      if (status !== 0) return 'no readelf, install with: apt-get install binutils';
      assert.doesNotMatch(stdout, /INTERP|DYNAMIC/);
      assert.match(stdout, /GNU_STACK.* RW /);
    }
    return undefined;
  });
  for (const [arch, runner] of Object.entries({
    x64: 'qemu-x86_64-static',
    arm64: 'qemu-aarch64-static',
  })) {
    const program = built.find((path) => path.includes(`linux-${arch}`));
    if (arch === process.arch) blackBox(program, undefined);
    else if (execute(runner, ['--version']).status === 0) blackBox(program, runner);
    else check(`${arch}`, () => `no ${runner}, install with: apt-get install qemu-user-static`);
  }
  fullDisk(built.find((path) => path.includes(`linux-${process.arch}`)));
} catch (error) {
  check('driver', () => {
    throw error;
  });
} finally {
  rmSync(work, { recursive: true, force: true });
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}
