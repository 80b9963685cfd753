// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation, printable, type TextContext } from '@otelkit/cli-kit';
import { askWeaver, documentOf } from '../weaver.ts';
import type { ExplainFlags } from './spec.ts';

interface Match {
  readonly aspect: string;
  readonly line: number;
}
interface ExplainedFile {
  readonly file: string;
  readonly matches: readonly Match[];
  readonly diff: string;
}
interface ExplainedPackage {
  readonly importPath: string;
  readonly files: readonly ExplainedFile[];
  readonly error?: string;
}

interface Unmatched {
  readonly id: string;
  readonly file: string;
  readonly line: number;
}
interface Explained {
  readonly packages: readonly ExplainedPackage[];
  readonly unmatched?: readonly Unmatched[];
}

export async function run(invocation: Invocation<ExplainFlags>): Promise<ExitCode> {
  const { args, flags, output, cwd } = invocation;
  const patterns = args.length === 0 ? ['.'] : args;
  const answer = askWeaver(['explain', '--json', ...patterns], cwd);
  const { packages, unmatched = [] } = documentOf<Explained>(answer);
  for (const one of packages) {
    await output.emit({
      json: () => one,
      text: (context) => packageText(one, flags.brief, context),
    });
  }
  if (packages.length === 0) {
    await output.say(() => 'No aspect matches: a build would be the same as a plain one.\n');
  }
  for (const { id, file, line } of unmatched) {
    await output.say(() => `${printable(id)} (${printable(file)}:${line}) matches nowhere here.\n`);
  }
  if (answer.status !== 0) output.fail(ExitCode.negative);
  return output.exitCode();
}

function packageText(
  { importPath, files, error }: ExplainedPackage,
  brief: boolean,
  { style }: TextContext,
): string {
  const lines = [style.subject(printable(importPath))];
  for (const { file, matches, diff } of files) {
    for (const { aspect, line } of matches) {
      lines.push(`  ${printable(aspect)}  ${style.faint(`${printable(file)}:${line}`)}`);
    }
    if (!brief && diff !== '') {
      const shown = diff.replace(/\n$/, '').split('\n');
      lines.push(...shown.map(sourceLine));
    }
  }
  if (error !== undefined) lines.push(`  ${printable(error)}`);
  return `${lines.join('\n')}\n`;
}

/** Not indented, and with its tabs: what is shown is a patch. */
function sourceLine(line: string): string {
  return line.split('\t').map(printable).join('\t');
}
