// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation, printable, ToolError, table } from '@otelkit/cli-kit';
import { askWeaver, documentOf } from '../weaver.ts';

interface Aspect {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly builtIn: boolean;
  readonly description?: string;
}
interface Mistake {
  readonly line: number;
  readonly column: number;
  readonly aspect?: string;
  readonly message: string;
}
interface LintedFile {
  readonly file: string;
  readonly aspects: unknown;
  readonly errors: readonly Mistake[] | null;
}

export async function run(invocation: Invocation): Promise<ExitCode> {
  const [action = 'list', ...files] = invocation.args;
  if (action === 'lint') return lint(invocation, files);
  if (files.length > 0) throw usage('list takes no files');
  const { output, cwd } = invocation;
  const aspects = documentOf<readonly Aspect[]>(askWeaver(['aspects', '--json'], cwd));
  for (const aspect of aspects) await output.emit({ json: () => aspect, text: () => '' });
  await output.say((context) =>
    table(
      [{ title: 'ASPECT' }, { title: 'WHERE' }, { title: 'WHAT', shrink: 'end' }],
      aspects.map(({ id, builtIn, file, line, description }) => [
        printable(id),
        builtIn ? 'built in' : `${printable(file)}:${line}`,
        printable(description ?? ''),
      ]),
      context,
    ),
  );
  return ExitCode.ok;
}

async function lint({ output, cwd }: Invocation, files: readonly string[]): Promise<ExitCode> {
  if (files.length === 0) throw usage('lint needs a file');
  const answer = askWeaver(['lint', '--json', ...files], cwd);
  const { files: linted } = documentOf<{ files: readonly LintedFile[] }>(answer);
  for (const one of linted) {
    const errors = one.errors ?? [];
    if (errors.length > 0) output.fail(ExitCode.negative);
    await output.emit({ key: 'files', json: () => one, text: () => lintText(one.file, errors) });
  }
  return output.exitCode();
}

function lintText(file: string, errors: readonly Mistake[]): string {
  if (errors.length === 0) return `${printable(file)}: ok\n`;
  const lines = errors.map(({ line, column, aspect, message }) => {
    const who = aspect === undefined || aspect === '' ? '' : `${aspect}: `;
    return printable(`${file}:${line}:${column}: ${who}${message}`);
  });
  return `${lines.join('\n')}\n`;
}

function usage(message: string): ToolError {
  return new ToolError(message, { code: 'USAGE', exitCode: ExitCode.usage });
}
