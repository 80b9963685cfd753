// SPDX-License-Identifier: Apache-2.0

import type { Output, Progress } from '@otelkit/cli-kit';
import { BulkScanner, type FileReport, inspectElf } from '@otelkit/core';
import { eachTarget } from '../targets/eachTarget.ts';
import { MissingLibraries } from '../targets/missingLibraries.ts';
import { withHexOffsets } from '../targets/problems.ts';
import type { Target } from '../targets/targets.ts';
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
  // Lines for people do not show it.
  const bulk = BulkScanner.load({ fileIds: output.mode !== 'text' });
  const missing = new MissingLibraries(root, cwd, bulk);
  const emit = (report: ScannedFile): undefined | Promise<void> => {
    count++;
    const isFirst = count === 1;
    return output.emit({
      json: () => withHexOffsets(report),
      text: (context) =>
        isFirst ? fileHeading(context) + fileLine(report, context) : fileLine(report, context),
    });
  };
  const shortcut = ({ path, isFound }: Target): undefined | 'done' | Promise<void> => {
    const file = path === '-' ? undefined : bulk?.inspect(path);
    if (file === 'not-elf') return isFound ? 'done' : undefined;
    if (file === undefined) return undefined;
    return emit(Object.assign(file.report, { missing: missing.ofBulk(file) })) ?? 'done';
  };
  await eachTarget(
    paths,
    output,
    { recursive: true, oneFileSystem, shortcut },
    (elf) => emit({ ...inspectElf(elf), missing: missing.of(elf) }),
    (target) => task.advance(target.path),
  );
  task.end();
  return count;
}
