// SPDX-License-Identifier: Apache-2.0
// Interpreters for musl that no registry has, compiled from Debian's sources: their cores, without
// extension modules, which is what the library gets to see of them. Kept in .cache.
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cachedFolder, command } from './cached.mjs';
import { debianSource } from './debian.mjs';

const SUITE = 'bookworm';
/** Changes when a recipe does: what was made by an older one is made again. */
const RECIPES = 1;

/** What to configure with and what to make; `program` is where it then lies. */
const INTERPRETERS = {
  ruby: {
    source: 'ruby3.1',
    program: 'miniruby',
    options:
      '-q --disable-install-doc --disable-jit-support --disable-yjit --disable-rubygems --without-gmp --with-baseruby="$(command -v ruby)" optflags=-O0 debugflags=',
  },
  php: {
    source: 'php8.2',
    program: 'sapi/cli/php',
    target: 'cli',
    options:
      '-q --disable-all --disable-cgi --disable-phpdbg --enable-cli --without-valgrind CFLAGS=-O0',
  },
  bash: {
    source: 'bash',
    program: 'bash',
    options: '-q --without-bash-malloc --disable-nls --disable-readline CFLAGS="-O0 -w"',
  },
};

const CONFIGURE = (options, target) => `"$source/configure" ${options} CC="$cc"
make -s $jobs ${target}`;

/** To a file: a pipe is read late where tests keep this process. */
const LOGGED = 'sh -ec "$0" > make.log 2>&1 || { tail -n 3 make.log >&2; exit 1; }';

/** musl-gcc says that it compiles for glibc's machine. */
const COMPILER =
  '[ "$1" = --print-multiarch ] && { echo x86_64-linux-musl; exit; }\nexec musl-gcc "$@"';

/** Path of `ruby`, `php` or `bash` for musl on x86_64. */
export async function muslInterpreter(name) {
  const { source, program, options, target = program } = INTERPRETERS[name];
  const pin = `${source} of ${SUITE}, recipe ${RECIPES}`;
  const folder = await cachedFolder(`musl-${name}-x86_64`, pin, async (to) => {
    const from = join(to, 'source');
    const build = join(to, 'build');
    for (const path of [from, build]) mkdirSync(path);
    await debianSource(SUITE, source, from);
    const cc = join(to, 'cc');
    writeFileSync(cc, `#!/bin/sh\n${COMPILER}\n`, { mode: 0o755 });
    const { PATH, HOME } = process.env;
    const jobs = `-j${Math.min(availableParallelism(), 4)}`;
    const env = { PATH, HOME, LC_ALL: 'C', source: from, cc, jobs };
    const text = CONFIGURE(options, target);
    await command('sh', ['-c', LOGGED, text], { cwd: build, env });
    cpSync(join(build, program), join(to, name));
    for (const entry of readdirSync(to).filter((e) => e !== name))
      rmSync(join(to, entry), { recursive: true });
  });
  return join(folder, name);
}
