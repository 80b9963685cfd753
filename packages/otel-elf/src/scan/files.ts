// SPDX-License-Identifier: Apache-2.0

import { resolve } from 'node:path';
import type { Output, Progress } from '@otelkit/cli-kit';
import {
  type ElfFile,
  type FileReport,
  FileSource,
  inspectElf,
  missingDependencies,
  Resolver,
} from '@otelkit/core';
import { eachTarget } from '../targets/eachTarget.ts';
import { fileHeading, fileLine } from './renderFile.ts';

export interface FileScanOptions {
  readonly oneFileSystem: boolean;
  readonly root: string | undefined;
  readonly cwd: string;
}

/** What `scan` says of one file: the report of `inspect`, and what its libraries lack. */
export interface ScannedFile extends FileReport {
  /** Libraries that would keep the file from starting here, in the order asked for. */
  readonly missing: readonly string[];
}

/** Lists every ELF file below the given directories; gives how many there were. */
export async function scanFiles(
  paths: readonly string[],
  options: FileScanOptions,
  output: Output,
  progress: Progress,
): Promise<number> {
  let count = 0;
  const task = progress.begin('files');
  const { oneFileSystem, root, cwd } = options;
  const resolver = new Resolver(root === undefined ? {} : { root });
  await eachTarget(
    paths,
    output,
    { recursive: true, oneFileSystem },
    (elf) => {
      const missing = missingLibraries(elf, resolver, root, cwd);
      const report: ScannedFile = { ...inspectElf(elf), missing };
      count++;
      const isFirst = count === 1;
      return output.emit({
        json: () => report,
        text: (context) =>
          isFirst ? fileHeading(context) + fileLine(report, context) : fileLine(report, context),
      });
    },
    (target) => task.advance(target.path),
  );
  task.end();
  return count;
}

/** Object files, cores and debug files are loaded by nobody: nothing is missing for them. */
function missingLibraries(
  elf: ElfFile,
  resolver: Resolver,
  root: string | undefined,
  cwd: string,
): readonly string[] {
  const { source, dynamic } = elf;
  if (dynamic === undefined || elf.isDebugOnly || !(source instanceof FileSource)) return [];
  const { device, inode, mode } = source.identity;
  const absolute = resolve(cwd, source.path);
  const inside = root === undefined ? absolute : insideRoot(absolute, resolve(cwd, root));
  const object = resolver.adopt(elf, inside, `${device}:${inode}`, mode);
  return missingDependencies(object, inside, resolver);
}

function insideRoot(path: string, root: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length) : path;
}
