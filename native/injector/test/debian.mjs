// SPDX-License-Identifier: Apache-2.0
// Other C libraries from Debian packages, unpacked into the repository's ignored cache folder.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { injectorFolder } from './harness.mjs';

const cache = resolve(injectorFolder, '../../.cache/injector');

const APT = '/etc/apt';

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

/** Root folder with these packages of a suite and architecture unpacked, or undefined. */
export function debianRoot(suite, architecture, packages) {
  const folder = join(cache, `${suite}-${architecture}`);
  const root = join(folder, 'root');
  if (existsSync(join(folder, 'complete'))) return root;
  for (const f of ['lists/partial', 'cache/archives/partial', 'root'])
    mkdirSync(join(folder, f), { recursive: true });
  const sources = join(folder, 'sources');
  const mirror = debianMirror();
  if (mirror === undefined) return undefined;
  const signed = 'signed-by=/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(sources, `deb [${signed}] ${mirror} ${suite} main\n`);
  const options = Object.entries({
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': join(folder, 'cache'),
    'Dir::State::status': '/dev/null',
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'Acquire::Languages': 'none',
    'APT::Sandbox::User': 'root',
  }).flatMap(([k, v]) => ['-o', `${k}=${v}`]);
  const apt = (...args) =>
    spawnSync('apt-get', ['-q', ...options, ...args], {
      cwd: folder,
      stdio: 'ignore',
      timeout: 120000,
    }).status === 0;
  if (!apt('update') || !apt('download', ...packages)) return undefined;
  for (const deb of readdirSync(folder).filter((f) => f.endsWith('.deb'))) {
    if (spawnSync('dpkg-deb', ['-x', join(folder, deb), root]).status !== 0) return undefined;
  }
  for (const f of ['lists', 'cache']) rmSync(join(folder, f), { recursive: true, force: true });
  writeFileSync(join(folder, 'complete'), '');
  return root;
}
