// SPDX-License-Identifier: Apache-2.0

import type { Output, Progress } from '@otelkit/cli-kit';
import { type FileReport, inspectElf } from '@otelkit/core';
import { eachTarget } from '../targets/eachTarget.ts';
import { MissingLibraries } from '../targets/missingLibraries.ts';
import { withHexOffsets } from '../targets/problems.ts';
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
  const missing = new MissingLibraries(root, cwd);
  await eachTarget(
    paths,
    output,
    { recursive: true, oneFileSystem },
    (elf) => {
      const report: ScannedFile = { ...inspectElf(elf), missing: missing.of(elf) };
      count++;
      const isFirst = count === 1;
      return output.emit({
        json: () => withHexOffsets(report),
        text: (context) =>
          isFirst ? fileHeading(context) + fileLine(report, context) : fileLine(report, context),
      });
    },
    (target) => task.advance(target.path),
  );
  task.end();
  return count;
}
