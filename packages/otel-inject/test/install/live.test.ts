// SPDX-License-Identifier: Apache-2.0
// The whole host, for real: /etc/ld.so.preload in a private mount namespace, where /etc, /usr/lib
// and /var/lib are overlays that vanish with it. Nothing of this machine is changed.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inNamespace } from '../plan/namespace.ts';
import {
  execute,
  LIBRARY,
  makeRoot,
  manifest,
  otelInject,
  PRELOAD,
  removeFolders,
  temporaryFolder,
} from '../plan/roots.ts';

const RESCUE = '/usr/lib/opentelemetry/injector/otel-inject-rescue';
const RESCUE_BUILD = fileURLToPath(
  new URL(
    `../../../../native/rescue/zig-out/linux-${process.arch}/otel-inject-rescue`,
    import.meta.url,
  ),
);
const REGISTER =
  '/usr/lib/opentelemetry/nodejs/node_modules/@opentelemetry/auto-instrumentations-node/build/src/register.js';

const fromRepository = (path: string): string =>
  fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const ZIG = fromRepository('.toolchain/zig/ziglang/zig');
const LIBC_32 = fromRepository('.cache/injector/bookworm-i386/root/lib/i386-linux-gnu');
const FETCH_LIBC_32 = `import { debianRoot } from ${JSON.stringify(
  fromRepository('native/injector/test/debian.mjs'),
)}; await debianRoot('bookworm', 'i386', ['libc6']);`;
const PROGRAM_32 = `
#include <stdio.h>
#include <string.h>
int main(void) {
  char line[512];
  int n = 0;
  FILE *maps = fopen("/proc/self/maps", "r");
  while (fgets(line, sizeof line, maps)) n += strstr(line, "libotelinject") != 0;
  printf("mapped %d\\n", n);
  return 0;
}`;

/** Compiles a library that passes for ours by its looks. */
function badLibrary(body: string): string {
  const folder = temporaryFolder();
  const source = join(folder, 'bad.c');
  const library = join(folder, 'bad.so');
  writeFileSync(
    source,
    `static long call(long n, long a, long b, long c) {
#ifdef __x86_64__
       long r; __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
       return r;
#else
       return 0;
#endif
     }
     __attribute__((constructor)) static void start(int argc, char **argv) { (void)call; ${body} }`,
  );
  const flags = ['-shared', '-fPIC', '-nostdlib', '-Wl,-soname,libotelinject.so', '-o', library];
  const { status, stderr } = execute('gcc', [...flags, source]);
  assert.equal(status, 0, stderr);
  return library;
}

describe('the whole host, in a namespace of its own', function () {
  this.timeout(300_000);
  before(function () {
    const { status, stdout, stderr } = inNamespace('echo ready');
    if (status === 0 && stdout === 'ready\n') return;
    console.log(`skip: no overlay in a mount namespace here (${stdout}${stderr}), run as root`);
    this.skip();
  });
  afterEach(removeFolders);

  it('is injected after install, and as before after uninstall', () => {
    const { stdout, stderr } = inNamespace(`
      printf '# mine\\n' > /etc/ld.so.preload
      mkdir -p "$(dirname ${REGISTER})"
      echo 'globalThis.agent = "agent"' > ${REGISTER}
      sum() { find /etc/ld.so.preload /etc/opentelemetry /usr/lib/opentelemetry /var/lib/otelkit 2>/dev/null | sort | while read -r f; do [ -f "$f" ] && md5sum "$f" && stat -c '%a %U %y' "$f"; done; find /usr/lib/opentelemetry /etc/opentelemetry /var/lib/otelkit -type d 2>/dev/null | sort; }
      sum > "$T/before"
      oi install --json > "$T/install.json" || cat "$T/install.json"
      echo "list: $(list | tail -1)"
      echo "mapped: $(cat /proc/self/maps | grep -c libotelinject.so)"
      echo "node: $(node -p 'agent + " app"')"
      echo "python: $(python3 -c 'print("app")')"
      echo "java: $(java -XX:-UsePerfData -version 2>&1 | grep -c ersion)"
      echo "true: $(/bin/true 2>&1; echo $?)"
      oi install | tail -1
      oi uninstall | tail -1
      sum > "$T/after"
      cmp "$T/before" "$T/after" && echo same
      cat "$T/install.json"
    `);
    assert.match(
      stdout,
      /^list: \/usr\/lib\/opentelemetry\/injector\/\S*libotelinject\.so$/m,
      stderr,
    );
    assert.match(stdout, /^mapped: [1-9]/m);
    assert.match(stdout, /^node: agent app$/m);
    assert.match(stdout, /^python: app$/m);
    assert.match(stdout, /^true: 0$/m);
    assert.match(stdout, /^Already installed/m);
    assert.match(stdout, /^Removed/m);
    assert.match(stdout, /^same$/m);
    const { steps } = JSON.parse(stdout.slice(stdout.indexOf('{"schemaVersion"'))) as {
      steps: { step: string; status: string; data?: { programs: { verdict: string }[] } }[];
    };
    const names = steps.map(({ step, status }) => `${step} ${status}`);
    assert.deepEqual(names, ['plan ok', 'stage ok', 'probe ok', 'activate ok', 'verify ok']);
    for (const id of ['probe', 'verify']) {
      const programs = steps.find(({ step }) => step === id)?.data?.programs ?? [];
      assert.ok(programs.length > 5, id);
      assert.ok(programs.every(({ verdict }) => verdict !== 'differs'));
    }
  });

  it('says nothing in 32-bit programs, which load the stub', function () {
    const program = join(temporaryFolder(), 'program32');
    writeFileSync(`${program}.c`, PROGRAM_32);
    const zig = execute(ZIG, [
      'cc',
      '-target',
      'x86-linux-gnu.2.28',
      `${program}.c`,
      '-o',
      program,
    ]);
    if (!existsSync(LIBC_32))
      execute(process.execPath, ['--input-type=module', '-e', FETCH_LIBC_32]);
    if (!existsSync(LIBC_32) || zig.status !== 0) {
      console.log(
        'skip: no Zig or no 32-bit libc, get them with: node native/injector/test/run.mjs',
      );
      this.skip();
    }
    const { stdout, stderr } = inNamespace(
      `cp -a ${LIBC_32} /usr/lib/ && ln -s i386-linux-gnu/ld-linux.so.2 /usr/lib/ld-linux.so.2
       "$BAD" || exit 77
       oi install --no-probe >/dev/null 2>&1
       "$BAD"; list
       sed -i 's/.LIB.//' /etc/ld.so.preload; "$BAD"`,
      program,
    );
    if (stdout === '') {
      console.log(`skip: this kernel starts no 32-bit programs (${stderr.trim()})`);
      this.skip();
    }
    assert.match(stdout, /^mapped 0\nmapped [1-9]\d*\n\S+\$LIB\S+\nmapped 0\n$/, stderr);
    // What it would be like without: the same path for both.
    assert.match(stderr, /^ERROR: ld\.so: [^\n]*wrong ELF class[^\n]*\n$/);
  });

  it('is helped by the static rescue program when no dynamic program starts', function () {
    if (!existsSync(RESCUE_BUILD)) {
      console.log(
        'skip: the rescue program is not built, build with: node native/rescue/build.mjs',
      );
      this.skip();
    }
    // exit_group(9) in every program of a libc.
    const bad = badLibrary('call(231, 9, 0, 0);');
    const { stdout, stderr } = inNamespace(
      `printf '# mine\\n/nonexistent-kept.so\\n' > /etc/ld.so.preload
       oi install --no-probe >&2
       cp "$BAD" ${LIBRARY}.bad; chmod 755 ${LIBRARY}.bad; mv ${LIBRARY}.bad ${LIBRARY}
       /bin/true 2>/dev/null; echo "broken: $?"
       ${RESCUE}; echo "rescue: $?"
       /bin/true 2>/dev/null; echo "mended: $?"
       list 2>/dev/null`,
      bad,
    );
    assert.match(stdout, /^broken: 9$/m, stdout + stderr);
    assert.match(stdout, /^rescue: 0$/m);
    assert.match(stdout, /^mended: 0$/m);
    assert.match(stdout, /^# mine\n\/nonexistent-kept\.so$/m);
  });

  it('is helped by a shell that has nothing but its builtins', () => {
    const bad = badLibrary('call(231, 9, 0, 0);');
    const docs = readFileSync(
      fileURLToPath(new URL('../../../../docs/inject-install.md', import.meta.url)),
      'utf8',
    );
    const snippet = /<!-- builtins -->\n```\w*\n([\s\S]*?)```/.exec(docs)?.[1];
    assert.ok(snippet, 'the documentation shows it');
    const { stdout, stderr } = inNamespace(
      `printf '# mine\\n' > /etc/ld.so.preload
       oi install --no-probe >/dev/null 2>&1
       cp "$BAD" ${LIBRARY}.bad; chmod 755 ${LIBRARY}.bad; mv ${LIBRARY}.bad ${LIBRARY}
       /bin/true 2>/dev/null; echo "broken: $?"
       ${snippet}
       /bin/true; echo "mended: $?"
       list`,
      bad,
    );
    assert.match(stdout, /^broken: 9\nmended: 0\n# mine\n$/m, stdout + stderr);
  });
});

describe('a library that harms programs', function () {
  this.timeout(300_000);
  before(function () {
    if (process.arch === 'x64' && execute('gcc', ['--version']).status === 0) return;
    console.log('skip: needs gcc on x86_64, install with: apt install gcc');
    this.skip();
  });
  afterEach(removeFolders);

  const harms: [string, string, RegExp][] = [
    ['ends them', 'call(231, 9, 0, 0);', /exit status 9 instead of 0|does not run/],
    ['makes them crash', '*(volatile int *)8 = 1;', /SIGSEGV/],
    ['writes to stderr', 'call(1, 2, (long)"x\\n", 2);', /stderr says/],
    ['changes their arguments', 'if (argc > 1) argv[1][0] = 0;', /does not run as without/],
  ];
  for (const [what, body, says] of harms) {
    it(`is not put in force when it ${what}`, () => {
      const root = makeRoot({ [PRELOAD]: '/a.so' });
      const before = manifest(root);
      const library = badLibrary(body);
      const { status, stderr } = otelInject('install', '--root', root, '--library', library);
      assert.equal(status, 1, stderr);
      assert.match(stderr, says);
      assert.match(stderr, /everything is as it was before/);
      assert.deepEqual(manifest(root), before);
    });
  }
});
