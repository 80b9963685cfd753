// SPDX-License-Identifier: Apache-2.0
// Other suites and machines of Debian from its packages, with an apt configuration of their own.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cachedFolder, command } from './cached.mjs';

const APT = '/etc/apt';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Where this host's own configuration gets Debian from; undefined on another distribution. */
function debianMirror() {
  const parts = join(APT, 'sources.list.d');
  const files = [join(APT, 'sources.list')];
  if (existsSync(parts)) files.push(...readdirSync(parts).map((name) => join(parts, name)));
  for (const file of files.filter((path) => existsSync(path))) {
    const text = readFileSync(file, 'utf8').replace(/^\s*#.*$/gm, '');
    const found = /^(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(\S+\/debian\/?)(?=\s|$)/m.exec(text);
    if (found) return found[1];
  }
  return undefined;
}

/** apt-get with lists and cache below `folder`, for a suite and machine that are not the host's. */
export async function privateApt(folder, suite, architecture, type = 'deb') {
  const mirror = debianMirror();
  if (mirror === undefined) throw new Error('this host has no Debian mirror configured');
  for (const f of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, f), { recursive: true });
  const sources = join(folder, 'sources');
  writeFileSync(sources, `${type} [signed-by=${KEYRING}] ${mirror} ${suite} main\n`);
  writeFileSync(join(folder, 'status'), '');
  const options = Object.entries({
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Debug::NoLocking': 'true',
  }).flatMap(([k, v]) => ['-o', `${k}=${v}`]);
  const apt = (...args) => command('apt-get', ['-q', ...options, ...args], { cwd: folder });
  apt.cache = (...args) => command('apt-cache', ['-q', ...options, ...args], { cwd: folder });
  await apt('update');
  return apt;
}

const UNPACK = `set -e
root=$1; shift
for deb; do
  dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" \\
    --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale
done`;

/**
 * Root folder with `packages` of a suite unpacked, those that they need, and those of `alone`
 * without what they need.
 */
export async function debianRoot(suite, architecture, packages, alone = []) {
  const pin = [...packages, ...alone].join(' ');
  const folder = await cachedFolder(`${suite}-${architecture}`, pin, async (temporary) => {
    const apt = await privateApt(temporary, suite, architecture);
    if (packages.length > 0)
      await apt('--no-install-recommends', '--download-only', '-y', 'install', ...packages);
    if (alone.length > 0) await apt('download', ...alone);
    const root = join(temporary, 'root');
    for (const name of ['etc', 'proc', 'dev', 'tmp'])
      mkdirSync(join(root, name), { recursive: true });
    const debs = [join(temporary, 'cache/archives'), temporary].flatMap((from) =>
      readdirSync(from)
        .filter((name) => name.endsWith('.deb'))
        .map((name) => join(from, name)),
    );
    await command('sh', ['-c', UNPACK, 'sh', root, ...debs]);
    // Newer suites have everything below /usr, and base-files makes the links.
    for (const name of ['bin', 'sbin', 'lib', 'lib64'].filter((n) => !existsSync(join(root, n))))
      symlinkSync(join('usr', name), join(root, name));
    writeFileSync(join(root, 'etc/ld.so.preload'), '');
    for (const name of ['lists', 'cache', ...readdirSync(temporary).filter((n) => /deb$/.test(n))])
      rmSync(join(temporary, name), { recursive: true, force: true });
  });
  return join(folder, 'root');
}

/** Unpacks a source package's original archive into `to`. */
export async function debianSource(suite, name, to) {
  const work = join(to, '.apt');
  mkdirSync(work, { recursive: true });
  const apt = await privateApt(work, suite, 'amd64', 'deb-src');
  await apt('--download-only', '-y', 'source', name);
  const archive = readdirSync(work).find((file) => /\.orig\.tar\./.test(file));
  if (archive === undefined) throw new Error(`${name}: no original archive came`);
  await command('tar', ['-x', '-C', to, '--strip-components=1', '-f', join(work, archive)]);
  rmSync(work, { recursive: true });
}
