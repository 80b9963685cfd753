// SPDX-License-Identifier: Apache-2.0
import type { Output, Progress } from '@otelkit/cli-kit';
import { type FileReport, inspectElf } from '@otelkit/core';
import { eachTarget } from '../targets/eachTarget.ts';
import { fileHeading, fileLine } from './renderFile.ts';

export interface FileScanOptions {
  readonly oneFileSystem: boolean;
  readonly root: string | undefined;
}

/** What `scan` says of one file: the report of `inspect`, and what its libraries lack. */
export type ScannedFile = FileReport;

/** Lists every ELF file below the given directories; gives how many there were. */
export async function scanFiles(
  paths: readonly string[],
  options: FileScanOptions,
  output: Output,
  progress: Progress,
): Promise<number> {
  let count = 0;
  const task = progress.begin('files');
  const { oneFileSystem } = options;
  await eachTarget(
    paths,
    output,
    { recursive: true, oneFileSystem },
    (elf) => {
      const report = inspectElf(elf);
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
