// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolEnvironment } from './environment.mjs';
import { fillFolder, isInPlace } from './pinnedFolder.mjs';
import { step } from './progress.mjs';
import { runQuietly } from './runCommand.mjs';

/**
 * Puts one pinned npm package below .toolchain. `npm ci` with a lock file that carries our own
 * checksum makes npm itself refuse anything else; install scripts are not run.
 * @param {import('./pins.mjs').NpmPin} pin
 * @param {string} folderName
 * @param {string} entry a file that proves it complete, below the package
 */
export async function fetchNpmPackage(pin, folderName, entry) {
  const folder = {
    name: folderName,
    pin: `${pin.name}@${pin.version} ${pin.integrity}`,
    entry: join('node_modules', pin.name, entry),
  };
  if (isInPlace(folder)) return;
  const label = `fetching ${pin.name} ${pin.version}`;
  await step(label, (report) =>
    fillFolder(folder, async (temporary) => {
      writeManifests(pin, temporary);
      const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=warn'];
      await runQuietly('npm', [...args, '--prefix', temporary], {
        cwd: temporary,
        env: toolEnvironment(process.env),
        what: label,
        hint: `it comes through your npm configuration (\`npm config list\`): try \`npm view ${pin.name}@${pin.version}\`, then run this again`,
        onLine: report,
      });
    }),
  );
}

/**
 * @param {import('./pins.mjs').NpmPin} pin
 * @param {string} directory
 */
function writeManifests(pin, directory) {
  const dependencies = { [pin.name]: pin.version };
  const manifest = { name: 'toolchain', version: '0.0.0', private: true, dependencies };
  const lock = {
    name: 'toolchain',
    version: '0.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: 'toolchain', version: '0.0.0', dependencies },
      [`node_modules/${pin.name}`]: {
        version: pin.version,
        integrity: pin.integrity,
        ...(pin.bin === undefined ? {} : { bin: pin.bin }),
      },
    },
  };
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(directory, 'package-lock.json'), JSON.stringify(lock));
}
