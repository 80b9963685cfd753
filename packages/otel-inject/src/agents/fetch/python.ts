// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runClient } from '../client.ts';
import { PYTHON_MINIMUM, PYTHON_PIN, PYTHON_WHEELS } from '../pins/python.ts';
import type { FetchOptions } from './fetchAgent.ts';
import { SITECUSTOMIZE } from './sitecustomize.ts';

/** What pip writes about the installation itself; it differs between its versions. */
const INSTALLATION_RECORDS = ['RECORD', 'INSTALLER', 'REQUESTED', 'direct_url.json'];

/**
 * Puts `glibc` and `musl` into an empty directory. pip takes no file but those named by a
 * checksum, builds nothing, and resolves nothing. The wheels hold no machine code, so `musl` is a
 * link to `glibc`. The packages lie where PYTHONPATH does not lead: see sitecustomize.ts.
 */
export async function fetchPython({ into, signal }: FetchOptions): Promise<void> {
  const requirements = join(into, 'requirements.txt');
  await writeFile(requirements, pipRequirements());
  const target = join(into, 'glibc', 'site-packages');
  await mkdir(target, { recursive: true });
  await runClient({
    program: 'python3',
    args: pipArguments(target, requirements),
    cwd: into,
    what: `fetching the Python agent ${PYTHON_PIN.version}`,
    hint: 'it comes through your pip configuration (`python3 -m pip config list`); Debian has pip in the package python3-pip',
    signal,
  });
  await rm(requirements);
  await removeInstallationRecords(target);
  await writeFile(join(into, 'glibc', 'sitecustomize.py'), SITECUSTOMIZE);
  await symlink('glibc', join(into, 'musl'));
}

/** requirements.txt with a checksum for every wheel. */
export function pipRequirements(): string {
  return PYTHON_WHEELS.trim()
    .split('\n')
    .map((row) => {
      const [name, version, sha256] = row.split(' ');
      return `${name}==${version} --hash=sha256:${sha256}\n`;
    })
    .join('');
}

function pipArguments(target: string, requirements: string): string[] {
  // -I: neither the user's own packages nor PYTHON* variables change what pip does.
  const args = ['-I', '-m', 'pip', 'install', '--no-deps', '--require-hashes', '--no-compile'];
  args.push('--only-binary=:all:', '--progress-bar=off', '--disable-pip-version-check', '--quiet');
  args.push('--no-warn-script-location', '--root-user-action=ignore');
  // Wheels without machine code, for the oldest Python: the same files on every host.
  args.push('--platform=any', '--implementation=py', '--abi=none');
  args.push(`--python-version=${PYTHON_MINIMUM.join('.')}`);
  return [...args, '--target', target, '--requirement', requirements];
}

async function removeInstallationRecords(target: string): Promise<void> {
  await rm(join(target, 'bin'), { recursive: true, force: true });
  for (const name of await readdir(target)) {
    if (!name.endsWith('.dist-info')) continue;
    for (const record of INSTALLATION_RECORDS)
      await rm(join(target, name, record), { force: true });
  }
}
