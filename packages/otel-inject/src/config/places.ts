// SPDX-License-Identifier: Apache-2.0
// Which files a command looks at: one that is named, or the installed ones, below --root or not.
import { resolve } from 'node:path';
import { Resolver } from '@otelkit/core';
import { hostLayout } from '../layout/paths.ts';
import { toByteText } from './byteText.ts';
import { hostPaths, pathsIn } from './readText.ts';
import type { ConfigSources } from './settings.ts';

export interface ConfigPlaces extends ConfigSources {
  /** `/`, or the directory that everything stands below. */
  readonly root: string;
}

/** @param file `--config-file`: then there are no drop-ins */
export function configPlaces(
  root: string | undefined,
  file: string | undefined,
  cwd: string,
): ConfigPlaces {
  const top = root === undefined ? '/' : resolve(cwd, root);
  if (file !== undefined) {
    const path = toByteText(resolve(cwd, file));
    return { root: top, file: path, directory: `${path}.d`, pathOf: hostPaths };
  }
  const layout = hostLayout(top);
  return {
    root: top,
    file: toByteText(layout.configFile),
    directory: toByteText(layout.dropInDirectory),
    pathOf: top === '/' ? hostPaths : pathsIn(new Resolver({ root: top })),
  };
}
